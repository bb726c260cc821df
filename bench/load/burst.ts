import type { Connection } from './connection';
import type { Recorder } from './recorder';

/** Every connection sends one request, all in one tick; resolves when all are answered. */
export function runBurst(
  connections: readonly Connection[],
  nextCounter: () => number,
  recorder: Recorder,
): Promise<void> {
  return new Promise((resolve) => {
    let open = connections.length;
    const now = performance.now();
    for (const connection of connections) {
      connection.template.setCounter(nextCounter());
      recorder.started();
      connection.send(now, () => {
        recorder.finished(connection, performance.now());
        if (--open === 0) resolve();
      });
    }
  });
}
