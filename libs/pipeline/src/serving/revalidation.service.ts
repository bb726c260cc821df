import { Injectable } from '@nestjs/common';
import { ExactCache, SemanticCache } from '@relay/cache';
import type { CacheLookup } from '../cache.stage';
import type { InternalPurpose } from '../exchange';
import { planHeaders } from '../internal/plan-headers';
import { InternalRequests, type InternalReply } from '../internal/internal-requests.service';
import type { Job } from '../job';
import { tellingHeaders } from '../operations/meaningful-headers';
import type { SemanticLookup } from '../semantic.stage';

/** Requests that are asked again at a time; beyond, entries stay as they are until somebody asks for them once more. */
const MAX_ASKED_AGAIN = 64;
const OK = 200;

/** Asks again, in the background, what was served from the cache: because it is past its time, or to see whether it was right. */
@Injectable()
export class Revalidation {
  private readonly refreshing = new Set<string>(); // exact keys
  private asking = 0;

  constructor(
    private readonly requests: InternalRequests,
    private readonly semantic: SemanticCache,
    private readonly exact: ExactCache,
  ) {}

  /** Once for all who are served the stale entry meanwhile. */
  refresh(job: Job, { key }: CacheLookup): void {
    if (key === null || this.refreshing.has(key)) return;
    this.refreshing.add(key);
    void this.ask(job, 'refresh').finally(() => this.refreshing.delete(key));
  }

  /** Asks what a similar question was served for, if it is drawn. */
  recheck(job: Job, { question, verdict }: SemanticLookup): void {
    const odds = this.semantic.drawnForRecheck(question);
    if (odds === null) return;
    void this.ask(job, 'recheck').then(async (reply) => {
      if (reply?.status !== OK) return;
      const fresh = this.exact.getL1(question.exactKey); // where the reply was stored
      if (fresh?.sourceTraceId === reply.traceId) this.semantic.recheck(question, await verdict, fresh, odds);
    });
  }

  private async ask({ exchange, asked }: Job, purpose: InternalPurpose): Promise<InternalReply | null> {
    if (this.asking >= MAX_ASKED_AGAIN) return null;
    this.asking++;
    try {
      const { principal } = exchange;
      const reply = await this.requests.ask({
        principal,
        operation: exchange.operation,
        body: asked,
        purpose,
        headers: { ...planHeaders(exchange.headers), ...tellingHeaders(exchange.operation, exchange.headers) },
      });
      return reply.ok ? reply.value : null;
    } finally {
      this.asking--;
    }
  }
}
