import { Injectable } from '@nestjs/common';
import { BadHits } from '@relay/cache';
import { ok, type Principal, type RelayError, type Result } from '@relay/core';
import { FeedbackService } from '@relay/trace';

/** Lets apps say that the cache served them something wrong. */
@Injectable()
export class BadHitFeedback {
  constructor(
    private readonly feedback: FeedbackService,
    private readonly badHits: BadHits,
  ) {}

  /**
   * Takes the entry that a request of the caller's tenant was served from out of service; one that is gone already is fine. Errors:
   * `not_found` (no such trace), `invalid_request` (no hit), `unavailable`.
   */
  async mark(principal: Principal, traceId: string): Promise<Result<void, RelayError>> {
    const hit = await this.feedback.hitOf(principal, traceId);
    if (!hit.ok) return hit;
    const servedTo = traceId.toLowerCase();
    const marked = await this.badHits.mark({ ...hit.value, tenantId: principal.tenant.id, servedTo });
    return marked.ok || marked.error.code === 'not_found' ? ok(undefined) : marked;
  }
}
