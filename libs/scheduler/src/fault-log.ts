import { Logger } from '@nestjs/common';
import type { Clock } from '@relay/core';
import type { LineHealth } from './adapters/failover-ticket-line';

/** A fault that goes on is said again after this time, with a count, ms. */
const QUIET_MS = 60_000;

/** Says the first fault and counts the rest, so that an outage does not fill the log. */
export class FaultLog {
  private readonly logger = new Logger('Scheduler');
  private quietUntil = -Infinity; // monotonic ms
  private unsaid = 0;

  constructor(private readonly clock: Clock) {}

  fault(what: string, error: unknown): void {
    const now = this.clock.monotonic();
    if (now < this.quietUntil) {
      this.unsaid++;
      return;
    }
    const more = this.unsaid > 0 ? ` (and ${this.unsaid} more since the last report)` : '';
    this.logger.warn(`${what}: ${error instanceof Error ? error.message : String(error)}${more}`);
    this.quietUntil = now + QUIET_MS;
    this.unsaid = 0;
  }
}

/** Tells about the shared line once per outage, however many pools notice it. */
export function lineHealth(): LineHealth {
  return outageLog('The shared line', 'this process serves its own requests in its own order');
}

/** The same about the ledger of slots. */
export function ledgerHealth(): LineHealth {
  return outageLog(
    'The ledger of slots',
    'each process takes an equal part of the limits, by the processes it knew last',
  );
}

function outageLog(what: string, meanwhile: string): LineHealth {
  const logger = new Logger('Scheduler');
  let lost = false;
  return {
    lost: (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (!lost) logger.warn(`${what} is away (${reason}); ${meanwhile}.`);
      lost = true;
    },
    restored: () => {
      if (lost) logger.log(`${what} is back.`);
      lost = false;
    },
  };
}
