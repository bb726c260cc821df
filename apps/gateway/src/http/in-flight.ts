import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LiveBag, RelayError, type Cancellation } from '@relay/core';

/** The requests being served, so that a shutdown can cut off what does not end in time. */
@Injectable()
export class InFlight {
  private readonly requests = new LiveBag<Cancellation>();

  /** Until the client has its reply. One that left while its key was looked up is gone already: its `close` has been and will not come again. */
  watch(request: Cancellation, reply: ServerResponse): void {
    if (reply.destroyed) return request.abort();
    const number = this.add(request);
    reply.once('close', () => {
      this.delete(number);
      if (!reply.writableFinished) request.abort();
    });
  }

  /** Gives the number by which it goes again. */
  add(request: Cancellation): number {
    return this.requests.add(request);
  }

  delete(number: number): void {
    this.requests.delete(number);
  }

  abortAll(): void {
    const reason = new RelayError('unavailable', 'The relay is shutting down.', { retryAfterSeconds: 1 });
    for (const request of this.requests) request.abort(reason);
  }
}
