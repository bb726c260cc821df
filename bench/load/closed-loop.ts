import { Connection } from './connection';
import type { Recorder } from './recorder';

/** A connection that fails waits this long before it tries again, so that a dead server is not hammered. */
const RETRY_PAUSE_MS = 20;

/**
 * Every connection sends the next request as soon as the last is answered, until `endsAt` or until `requests` were sent; resolves when
 * all are answered.
 */
export function runClosedLoop(
  connections: readonly Connection[],
  endsAt: number,
  requests: number,
  nextCounter: () => number,
  recorder: Recorder,
): Promise<void> {
  return new Promise((resolve) => {
    let open = connections.length;
    let left = requests;
    const next = (connection: Connection): void => {
      const now = performance.now();
      if (now >= endsAt || left-- <= 0) {
        if (--open === 0) resolve();
        return;
      }
      connection.template.setCounter(nextCounter());
      recorder.started();
      connection.send(now, answered);
    };
    const answered = (connection: Connection): void => {
      recorder.finished(connection, performance.now());
      if (connection.reply.error === null) next(connection);
      else setTimeout(next, RETRY_PAUSE_MS, connection);
    };
    for (const connection of connections) next(connection);
  });
}
