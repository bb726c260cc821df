import { Inject, Injectable } from '@nestjs/common';
import { ExactCache, SemanticCache } from '@relay/cache';
import { CLOCK, type Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import type { CacheLookup } from '../cache.stage';
import type { InternalPurpose } from '../exchange';
import { planHeaders } from '../internal/plan-headers';
import { InternalRequests, type InternalReply } from '../internal/internal-requests.service';
import type { Job } from '../job';
import { tellingHeaders } from '../operations/meaningful-headers';
import type { SemanticLookup } from '../semantic.stage';

/** Requests that are asked again at a time; beyond, entries stay as they are until somebody asks for them once more. */
const MAX_ASKED_AGAIN = 64;
/** What is past its time still, though it was asked for anew, is left alone for so long, then for twice as long, ms. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
const MAX_PAUSES = 10_000; // keys; beyond it the oldest is asked for again
const OK = 200;

interface Pause {
  readonly ms: number;
  readonly endsAt: number; // monotonic ms
}

/** Asks again, in the background, what was served from the cache: because it is past its time, or to see whether it was right. */
@Injectable()
export class Revalidation {
  private readonly refreshing = new Set<string>(); // exact keys
  private readonly pauses = new LRUCache<string, Pause>({ max: MAX_PAUSES }); // by exact key
  private asking = 0;

  constructor(
    private readonly requests: InternalRequests,
    private readonly semantic: SemanticCache,
    private readonly exact: ExactCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Once for all who are served the stale entry meanwhile; after a pause where that failed, or what came may not be kept. */
  refresh(job: Job, { key }: CacheLookup): void {
    if (key === null || this.refreshing.has(key) || this.asking >= MAX_ASKED_AGAIN || this.isPausing(key)) return;
    this.refreshing.add(key);
    void this.ask(job, 'refresh').finally(() => {
      this.refreshing.delete(key);
      this.noteRefreshed(key);
    });
  }

  private isPausing(key: string): boolean {
    const pause = this.pauses.get(key);
    return pause !== undefined && this.clock.monotonic() < pause.endsAt;
  }

  private noteRefreshed(key: string): void {
    const kept = this.exact.getL1(key);
    if (kept && kept.expiresAt > this.clock.now()) {
      this.pauses.delete(key);
      return;
    }
    const last = this.pauses.get(key);
    const ms = last ? Math.min(2 * last.ms, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    this.pauses.set(key, { ms, endsAt: this.clock.monotonic() + ms });
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
