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

/** Memory of a process that is in RAM now, in MB. */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1_024;
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

/**
 * Time in ms since its start that a process's main thread was ready to run and had no core; NaN where the kernel does not count it. What
 * grows with it is the machine's doing, not the process's.
 */
export function waitedForCoreMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** CPU time of the whole machine in ms since its start: user, nice, system, interrupts and what the host took; not idle, not iowait. */
export function machineBusyMs(): number {
  const line = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}

/** utime + stime: fields 14 and 15 of proc(5); the command's name, which may hold spaces, ends at the last parenthesis. */
function readTicks(file: string): number {
  const text = readFileSync(file, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
