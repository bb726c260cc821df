import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Scheduler } from '@relay/scheduler';
import type { RelayRole } from '@relay/config';
import { InFlight } from '../../../gateway/src/http/in-flight';
import { Readiness } from '../http/readiness';

/** How long cut-off requests get to leave their traces behind, in ms. */
const AFTER_ABORT_MS = 2_000;

interface ShutdownOptions {
  readonly roles: readonly RelayRole[];
  readonly timeoutMs: number;
}

/**
 * Stops in the order that loses nothing: not ready any more, no new connections, waiting and running requests finish or run
 * out of time, then the modules close (traces are flushed, queues and stores disconnect).
 */
export async function shutDown(app: NestFastifyApplication, { roles, timeoutMs }: ShutdownOptions): Promise<void> {
  app.get(Readiness).stopping();
  const server = app.getHttpServer();
  server.close();
  server.closeIdleConnections();
  if (roles.includes('gateway'))
    await settle(app.get(InFlight, { strict: false }), app.get(Scheduler, { strict: false }), timeoutMs);
  server.closeAllConnections();
  await app.close();
}

async function settle(inFlight: InFlight, scheduler: Scheduler, timeoutMs: number): Promise<void> {
  if (inFlight.size === 0) return;
  await within(Promise.all([inFlight.settled(), scheduler.drain()]), timeoutMs);
  if (inFlight.size === 0) return;
  inFlight.abortAll();
  await within(inFlight.settled(), AFTER_ABORT_MS);
}

/** Resolves with the promise, or when time is up. */
function within(promise: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
