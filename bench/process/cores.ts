import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The server under test has a core of its own; the load generator and the mock upstream share the other. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

const hasTaskset = (): boolean => spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** Whether processes are pinned: needs two cores and `taskset`; without it the scheduler's moves add to the noise. */
export const PINNED = availableParallelism() >= 2 && hasTaskset();

/** The command that runs another one on one core. */
export function pinnedCommand(
  core: number,
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  if (!PINNED) return { command, args: [...args] };
  return { command: 'taskset', args: ['-c', String(core), command, ...args] };
}
