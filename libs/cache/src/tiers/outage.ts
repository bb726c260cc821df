import { Logger } from '@nestjs/common';
import type { Clock } from '@relay/core';

/** So many failures in a row and the tier is left alone ... */
const FAILURES_BEFORE_PAUSE = 3;
/** Failures within so long are one: thirty look-ups that wait at the same time are late because the store stood still once. In ms. */
const TOGETHER_MS = 50;
/** ... for so long, lest every request waits for a store that hangs. */
const PAUSE_MS = 1_000;

/** Notices when a store that is shared does not answer, keeps requests from waiting for it, and says so once. */
export class Outage {
  private readonly logger: Logger;
  private failuresInARow = 0;
  private countedAtMs = -Infinity; // monotonic
  private pausedUntilMs = -Infinity; // monotonic
  private logged = false;

  constructor(
    private readonly clock: Clock,
    name = 'SharedCache',
  ) {
    this.logger = new Logger(name);
  }

  get pausing(): boolean {
    return this.clock.monotonic() < this.pausedUntilMs;
  }

  failed(error: unknown): void {
    const now = this.clock.monotonic();
    if (!isReply(error) && now - this.countedAtMs >= TOGETHER_MS) {
      this.countedAtMs = now;
      this.failuresInARow++;
    }
    if (this.failuresInARow >= FAILURES_BEFORE_PAUSE) this.pausedUntilMs = now + PAUSE_MS;
    if (this.logged) return;
    this.logged = true;
    this.logger.warn(`Not usable, going on without: ${error instanceof Error ? error.message : String(error)}`);
  }

  recovered(): void {
    this.failuresInARow = 0;
    if (!this.logged) return;
    this.logged = false;
    this.logger.log('Usable again');
  }
}

/** Whether Redis itself refused (full, another type at the key): it is there and quick, so nobody waits for it in vain. */
export const isReply = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';
