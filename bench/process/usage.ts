import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The kernel counts CPU time for /proc in ticks of 10 ms on Linux (USER_HZ); in rounds of seconds that is below 0.5%. */
const TICK_MS = 10;
const QUIET_STEP_MS = 200;
/** At most this much CPU in a step counts as quiet: timers and idle housekeeping. */
const QUIET_CPU_MS = 10;
const MAX_DRAIN_MS = 8_000;

/** CPU time of a process in ms since its start. */
export interface CpuTime {
  readonly all: number; // every thread, user and system
  readonly main: number; // the thread that runs the event loop
}

export function cpuTime(pid: number): CpuTime {
  return { all: readTicks(`/proc/${pid}/stat`) * TICK_MS, main: readTicks(`/proc/${pid}/task/${pid}/stat`) * TICK_MS };
}

export interface Memory {
  readonly rssMb: number;
  readonly peakRssMb: number;
}

export function memory(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1_024;
  return { rssMb: megabytes('VmRSS'), peakRssMb: megabytes('VmHWM') };
}

/**
 * CPU time once the process has nothing left to do: what it does after the last answer (trace batches to write, say) was caused by the
 * load and is billed to it. Gives up waiting after MAX_DRAIN_MS.
 */
export async function cpuTimeWhenQuiet(pid: number): Promise<CpuTime> {
  const steps = MAX_DRAIN_MS / QUIET_STEP_MS;
  let last = cpuTime(pid);
  for (let step = 0; step < steps; step++) {
    await pause(QUIET_STEP_MS);
    const now = cpuTime(pid);
    if (now.all - last.all <= QUIET_CPU_MS) return now;
    last = now;
  }
  return last;
}

/** utime + stime: fields 14 and 15 of proc(5); the command's name, which may hold spaces, ends at the last parenthesis. */
function readTicks(file: string): number {
  const text = readFileSync(file, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
