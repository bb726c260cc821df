import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { LOAD_CORE, PINNED, SERVER_CORE } from '../process/cores';

/** What a figure depends on besides the code. */
export function machineFacts(root: string): Record<string, string> {
  const cpus = os.cpus();
  return {
    cpu: `${cpus[0]?.model ?? 'unknown'}, ${cpus.length} cores`,
    memory: `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    pinning: PINNED ? `server on core ${SERVER_CORE}; load and mock on core ${LOAD_CORE}` : 'none',
    commit: commit(root),
  };
}

export const loadAverage = (): string =>
  os
    .loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');

function commit(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'apps', 'libs', 'bench') === '' ? '' : ' with local changes';
    return git('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown'; // not a git checkout, e.g. a container
  }
}
