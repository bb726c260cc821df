import type { PolicyVersion } from '@relay/contracts';
import type { Command } from 'commander';
import { countUpTo } from '../parse-count';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, printJson, warn } from '../terminal';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;
const DIGEST_DIGITS = 12; // enough to tell versions apart

interface Options extends RemoteOptions {
  readonly limit: number;
  readonly json?: boolean;
}

export function addPolicyVersions(parent: Command): void {
  withRemote(
    parent
      .command('versions')
      .description('list the versions that a running relay knows, the newest first')
      .option('--limit <n>', `at most this many, up to ${MAX_LIMIT}`, countUpTo(MAX_LIMIT), DEFAULT_LIMIT)
      .option('--json', 'print them as JSON'),
  ).action(versions);
}

async function versions({ limit, json, ...remote }: Options): Promise<void> {
  const policies = await RemotePolicies.connect(remote);
  const found = await policies.versions(limit);
  if (json) return printJson(found);
  if (found.length > 0) print(found.map(lineOf).join('\n'));
  else warn('no versions yet');
}

function lineOf({ name, version, status, digest, createdAt, createdBy, note }: PolicyVersion): string {
  const label = `${name}@${version}`;
  return [label.padEnd(20), status.padEnd(10), digest.slice(0, DIGEST_DIGITS), createdAt ?? '', createdBy, note ?? '']
    .join('  ')
    .trimEnd();
}
