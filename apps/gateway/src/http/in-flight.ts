import { Injectable } from '@nestjs/common';
import { RelayError, type Cancellation } from '@relay/core';

/** The requests being served, so that a shutdown can cut off what does not end in time. */
@Injectable()
export class InFlight {
  private readonly requests = new Set<Cancellation>();

  add(request: Cancellation): void {
    this.requests.add(request);
  }

  delete(request: Cancellation): void {
    this.requests.delete(request);
  }

  abortAll(): void {
    const reason = new RelayError('unavailable', 'The relay is shutting down.', { retryAfterSeconds: 1 });
    for (const request of this.requests) request.abort(reason);
  }
}
