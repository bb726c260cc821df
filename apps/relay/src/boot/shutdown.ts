import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RelayRole } from '@relay/config';
import { InFlight } from '../../../gateway/src/http/in-flight';
import { Readiness } from '../http/readiness';
import type { FrontDoor } from './front-door';

/** How long cut-off requests get to be answered and to leave their traces behind, in ms. */
const AFTER_ABORT_MS = 2_000;

interface ShutdownOptions {
  readonly roles: readonly RelayRole[];
  readonly timeoutMs: number;
}

/**
 * Stops in the order that loses nothing: not ready any more, no new connections, requests that wait or run finish or run
 * out of time (then they are told so), and at last the modules close: traces are flushed, queues and stores disconnect.
 */
export async function shutDown(
  app: NestFastifyApplication,
  front: FrontDoor,
  { roles, timeoutMs }: ShutdownOptions,
): Promise<void> {
  app.get(Readiness).stopping();
  const server = app.getHttpServer();
  server.close();
  server.closeIdleConnections();
  const drained = front.drain();
  const inTime = await within(drained, timeoutMs);
  if (!inTime && roles.includes('gateway')) {
    app.get(InFlight, { strict: false }).abortAll();
    await within(drained, AFTER_ABORT_MS);
  }
  server.closeAllConnections();
  await app.close();
}

/** Whether the promise, which does not reject, settles before time is up. */
function within(promise: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
