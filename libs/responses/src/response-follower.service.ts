import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, err, ok, RelayError, type CancelSignal, type Clock, type Result } from '@relay/core';
import { isFinal } from './domain/response-status';
import { responseView, type StoredResponse } from './domain/stored-response';
import { firstEvents, lifeSign, remainingEvents } from './domain/stream-again';
import { ResponseStore } from './persistence/response.store';
import { responseNotFound } from './responses.service';

/** Between two looks at a response that somebody waits for. */
export const LOOK_EVERY_MS = 500;
/** Proxies give up connections that are silent for a minute. */
const LIFE_SIGN_EVERY_LOOKS = 20;
/** Clients that wait at a time; each costs a look-up by key a look. One tenant leaves room for the others. */
const MAX_FOLLOWERS = 1_000;
export const MAX_FOLLOWERS_PER_TENANT = 200;
const NO_NUMBER = -1;
const NUMBER = /^\d{1,9}$/;

/** Streams responses that are kept: those that are being made once they have come about. Everything rejects when the database is away. */
@Injectable()
export class ResponseFollower {
  private readonly followers = new Map<string, number>(); // by tenant; who has none has no entry
  private total = 0;

  constructor(
    private readonly store: ResponseStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The frames after the event with the number `after` (a text, as in a query). Errors: `not_found`, `invalid_request`, `overloaded`. */
  async follow(
    tenantId: string,
    id: string,
    after: unknown,
    gone: CancelSignal,
  ): Promise<Result<AsyncIterable<Buffer>, RelayError>> {
    const number = numberOf(after);
    if (number === null) return err(wrongNumber());
    const found = await this.store.find(tenantId, id);
    if (found === null) return err(responseNotFound(id));
    if (this.isFull(tenantId)) return err(tooManyFollow());
    return ok(this.counted(tenantId, this.frames(tenantId, found, number, gone)));
  }

  /** Does `work` with a seat for who will follow what it orders. Error: `overloaded`, and nothing is done. */
  async seated(tenantId: string, work: () => Promise<void>): Promise<Result<void, RelayError>> {
    if (this.isFull(tenantId)) return err(tooManyFollow());
    this.count(tenantId, 1);
    try {
      return ok(await work());
    } finally {
      this.count(tenantId, -1);
    }
  }

  /** The frames of a response that was ordered just now, for who has a seat. */
  followOrdered(tenantId: string, queued: StoredResponse, gone: CancelSignal): AsyncIterable<Buffer> {
    return this.frames(tenantId, queued, NO_NUMBER, gone);
  }

  private async *counted(tenantId: string, frames: AsyncIterable<Buffer>) {
    this.count(tenantId, 1);
    try {
      yield* frames;
    } finally {
      this.count(tenantId, -1);
    }
  }

  private async *frames(tenantId: string, found: StoredResponse, after: number, gone: CancelSignal) {
    let response: StoredResponse = found;
    let told = after;
    if (!isFinal(response.status)) {
      yield firstEvents(responseView({ ...response, status: 'in_progress' }), told);
      yield lifeSign(); // whoever sends holds the last chunk back
      told = Math.max(told, 1);
    }
    for (let looks = 1; !isFinal(response.status); looks++) {
      await this.pause(gone);
      if (looks % LIFE_SIGN_EVERY_LOOKS === 0) yield lifeSign();
      response = await this.look(tenantId, response);
    }
    yield remainingEvents(responseView(response), response.status, told);
  }

  private isFull(tenantId: string): boolean {
    return (this.followers.get(tenantId) ?? 0) >= MAX_FOLLOWERS_PER_TENANT || this.total >= MAX_FOLLOWERS;
  }

  private count(tenantId: string, more: 1 | -1): void {
    const own = (this.followers.get(tenantId) ?? 0) + more;
    this.total += more;
    if (own === 0) this.followers.delete(tenantId);
    else this.followers.set(tenantId, own);
  }

  /** The response in full only when it has ended. */
  private async look(tenantId: string, before: StoredResponse): Promise<StoredResponse> {
    const status = await this.store.statusOf(tenantId, before.id);
    if (status !== null && !isFinal(status)) return before;
    const found = status === null ? null : await this.store.find(tenantId, before.id);
    if (found === null) throw responseNotFound(before.id); // it was deleted
    return found;
  }

  /** Rejects with `client_closed` when the client leaves. */
  private pause(gone: CancelSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(new RelayError('client_closed', 'The client left.'));
      if (gone.aborted) return leave();
      const abort = (): void => {
        cancel();
        leave();
      };
      const cancel = this.clock.after(LOOK_EVERY_MS, () => {
        gone.removeEventListener('abort', abort);
        resolve();
      });
      gone.addEventListener('abort', abort, { once: true });
    });
  }
}

/** Null: it is none. */
function numberOf(after: unknown): number | null {
  if (after === undefined) return NO_NUMBER;
  return typeof after === 'string' && NUMBER.test(after) ? Number(after) : null;
}

const wrongNumber = (): RelayError =>
  new RelayError('invalid_request', 'starting_after: expected the number of an event.', { param: 'starting_after' });

const tooManyFollow = (): RelayError =>
  new RelayError('overloaded', 'Too many clients wait for responses in the background; ask without stream.', {
    retryAfterSeconds: 10,
  });
