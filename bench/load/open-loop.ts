import type { Connection } from './connection';
import type { Recorder } from './recorder';

/** How often the schedule is looked at; Node's timers know no less. The generator's lateness is reported with the result. */
const TICK_MS = 1;

/**
 * Starts each request at its scheduled time. When every connection is busy the request waits here, and its latency still counts
 * from the scheduled time: a slow server cannot slow the load down and so hide its own queue (coordinated omission).
 */
export function runOpenLoop(
  connections: readonly Connection[],
  schedule: Float64Array,
  startedAt: number,
  nextCounter: () => number,
  recorder: Recorder,
): Promise<void> {
  return new Promise((resolve) => {
    const idle = [...connections];
    let due = 0; // scheduled so far
    let begun = 0;
    let answered = 0;
    const done = (connection: Connection): void => {
      recorder.finished(connection, performance.now());
      answered++;
      idle.push(connection);
      if (begun < due) begin();
      if (answered === schedule.length) resolve();
    };
    const begin = (): void => {
      const connection = idle.pop();
      if (!connection) return;
      const intendedAt = startedAt + (schedule[begun++] ?? 0);
      connection.template.setCounter(nextCounter());
      recorder.started();
      connection.send(intendedAt, done);
    };
    const tick = (): void => {
      const elapsed = performance.now() - startedAt;
      while (due < schedule.length && (schedule[due] ?? 0) <= elapsed) {
        recorder.late(elapsed - (schedule[due] ?? 0));
        due++;
        begin();
      }
      if (due < schedule.length) setTimeout(tick, TICK_MS);
    };
    if (schedule.length === 0) resolve();
    else tick();
  });
}
