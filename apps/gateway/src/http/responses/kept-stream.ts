import { Injectable } from '@nestjs/common';
import type { CancelSignal, Principal } from '@relay/core';
import { CompletionService, type DoorExchange, type Exchange } from '@relay/pipeline';
import { ResponseFollower, type StoredResponse } from '@relay/responses';
import { keptUnavailable } from './kept-unavailable';

const EVENTS = 'text/event-stream; charset=utf-8';

/** A response that is kept as a stream of events; one that is still being made as soon as it has come about. */
@Injectable()
export class KeptStream {
  constructor(
    private readonly completions: CompletionService,
    private readonly follower: ResponseFollower,
  ) {}

  /** `after`: the number of the last event that the client has. Never rejects. */
  async send(
    exchange: DoorExchange & { readonly principal: Principal },
    id: string,
    after: unknown,
    gone: CancelSignal,
  ): Promise<void> {
    try {
      const frames = await this.follower.follow(exchange.principal.tenant.id, id, after, gone);
      if (!frames.ok) return this.completions.refuse(exchange, frames.error);
      await this.completions.answerBytes(exchange, { type: EVENTS, bytes: null, chunks: frames.value }, gone);
    } catch (error) {
      this.completions.refuse(exchange, keptUnavailable(error));
    }
  }

  /** The same of one that the client has just ordered, for which it has a seat. Never rejects. */
  sendOrdered(exchange: Exchange, queued: StoredResponse): Promise<void> {
    const { principal, signal } = exchange;
    const chunks = this.follower.followOrdered(principal.tenant.id, queued, signal);
    return this.completions.answerBytes(exchange, { type: EVENTS, bytes: null, chunks }, signal);
  }
}
