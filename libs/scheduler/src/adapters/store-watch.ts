import type { Clock } from '@relay/core';
import { withTimeLimit } from './time-limit';

/** Longer than a healthy store ever takes (p99 under 5 ms); then requests go on without it, ms. */
const CALL_LIMIT_MS = 1_000;
/** While the store is away it is tried in this rhythm, ms. */
const RETRY_EVERY_MS = 2_000;

export interface StoreHealth {
  lost(error: unknown): void;
  restored(): void;
}

/** Calls a shared store while it answers. Once it fails nobody waits for it; it is tried again when somebody would have asked it. */
export class StoreWatch {
  private away = false;
  private retryAt = 0; // monotonic ms

  constructor(
    private readonly clock: Clock,
    private readonly ping: () => Promise<void>,
    private readonly health: StoreHealth,
  ) {}

  /** `undefined` if the store is away. A value that comes too late goes to `onLate`. */
  async attempt<T>(call: () => Promise<T>, onLate: (value: T) => void = () => undefined): Promise<T | undefined> {
    this.look();
    if (this.away) return undefined;
    try {
      return await withTimeLimit(this.clock, CALL_LIMIT_MS, call(), onLate);
    } catch (error) {
      this.lose(error);
      return undefined;
    }
  }

  /** Sees now and then whether a store that went away is back. Nobody waits for it. */
  look(): void {
    if (!this.away || this.clock.monotonic() < this.retryAt) return;
    this.retryAt = this.clock.monotonic() + RETRY_EVERY_MS;
    withTimeLimit(this.clock, CALL_LIMIT_MS, this.ping(), () => undefined).then(
      () => {
        this.away = false;
        this.health.restored();
      },
      () => undefined, // still away; said once when it went
    );
  }

  private lose(error: unknown): void {
    if (this.away) return;
    this.away = true;
    this.retryAt = this.clock.monotonic() + RETRY_EVERY_MS;
    this.health.lost(error);
  }
}
