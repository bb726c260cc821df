import { Injectable } from '@nestjs/common';
import { RelayError, type Cancellation } from '@relay/core';

/** The requests being served, so that a shutdown can wait for them and then cut off what is left. */
@Injectable()
export class InFlight {
  private readonly requests = new Set<Cancellation>();
  private idle: (() => void) | null = null;

  get size(): number {
    return this.requests.size;
  }

  add(request: Cancellation): void {
    this.requests.add(request);
  }

  delete(request: Cancellation): void {
    this.requests.delete(request);
    if (this.requests.size === 0) this.idle?.();
  }

  /** Resolves when nothing is in flight. */
  settled(): Promise<void> {
    if (this.requests.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.idle = resolve));
  }

  abortAll(): void {
    for (const request of this.requests)
      request.abort(new RelayError('unavailable', 'The relay is shutting down.', { retryAfterSeconds: 1 }));
  }
}
