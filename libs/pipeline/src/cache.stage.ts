import { Inject, Injectable } from '@nestjs/common';
import { ExactCache, StreamAssembler, parseCacheControl, type CacheDirectives, type CachedAnswer } from '@relay/cache';
import { ConfigStore } from '@relay/config';
import type { ChatCompletionRequest, ExecutionPlan } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import type { Planned } from '@relay/policy';
import type { UpstreamCompleted } from '@relay/providers';
import type { Exchange } from './exchange';
import type { Job } from './job';
import type { RequestTrace } from './request-trace';

/** What the client and the plan allow for one request; `key` is null when the cache is left out altogether. */
export interface CacheLookup {
  readonly key: string | null;
  readonly directives: CacheDirectives;
}

const MS_PER_SECOND = 1_000;

/** Looks up and stores answers as the plan and the client's Cache-Control say. */
@Injectable()
export class CacheStage {
  constructor(
    private readonly cache: ExactCache,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  open(exchange: Exchange, request: ChatCompletionRequest, { document, plan }: Planned): CacheLookup {
    const directives = parseCacheControl(exchange.headers['cache-control']);
    const wanted = plan.cache.exact.enabled && !(directives.noStore && directives.noCache);
    const scope = {
      tenantId: exchange.principal.tenant.id,
      signature: document.signature,
      requestedModel: request.model,
    };
    return { key: wanted ? this.cache.key(scope, request) : null, directives };
  }

  /** An L1 hit is answered synchronously; only L2 costs a promise. */
  find(lookup: CacheLookup, trace: RequestTrace): CachedAnswer | undefined | Promise<CachedAnswer | undefined> {
    const { key, directives } = lookup;
    if (key === null || directives.noCache) return undefined;
    const startMs = trace.elapsed();
    const answer = this.fresh(this.cache.getL1(key), directives);
    if (answer || !this.cache.hasL2) return this.noted(trace, startMs, 'exact-l1', answer);
    return this.cache.getL2(key).then((found) => this.noted(trace, startMs, 'exact-l2', this.fresh(found, directives)));
  }

  /** Gathers a stream that will be stored, or whose answer the trace keeps; null when nobody needs it. */
  assembler(lookup: CacheLookup, plan: ExecutionPlan): StreamAssembler | null {
    const stored = lookup.key !== null && !lookup.directives.noStore;
    if (!stored && !plan.payloadLogging) return null;
    return new StreamAssembler(this.config.current.cache.maxEntryBytes);
  }

  /** Keeps the answer if the plan and the client let us, if it is complete, and if the same request would get it again. */
  store(lookup: CacheLookup, job: Job, outcome: UpstreamCompleted, body: Buffer): void {
    const { exchange, trace, planned } = job;
    if (lookup.key === null || lookup.directives.noStore || isMakeshift(job)) return;
    if (outcome.finishReason === null || outcome.finishReason === 'content_filter') return;
    const now = this.clock.now();
    this.cache.put(lookup.key, {
      body,
      createdAt: now,
      expiresAt: now + planned.plan.cache.exact.ttlMs,
      sourceTraceId: exchange.traceId,
      servedModel: trace.servedModel ?? '',
      provider: trace.provider ?? '',
      inputTokens: trace.tokens?.inputTokens ?? null,
      cachedInputTokens: trace.tokens?.cachedInputTokens ?? null,
      outputTokens: trace.tokens?.outputTokens ?? null,
      costUsd: trace.costUsd,
    });
  }

  private fresh(answer: CachedAnswer | undefined, { maxAgeSeconds }: CacheDirectives): CachedAnswer | undefined {
    if (!answer || maxAgeSeconds === undefined) return answer;
    return this.clock.now() - answer.createdAt <= maxAgeSeconds * MS_PER_SECOND ? answer : undefined;
  }

  private noted(
    trace: RequestTrace,
    startMs: number,
    level: 'exact-l1' | 'exact-l2',
    answer: CachedAnswer | undefined,
  ): CachedAnswer | undefined {
    trace.cache = answer ? level : 'miss';
    trace.stage('cache', startMs);
    return answer;
  }
}

/**
 * Whether an outage had its part in who answered: a fallback, or another model because the better one was out of reach. Such an
 * answer must not serve later requests, for which everybody is there again.
 */
function isMakeshift({ trace, planned }: Job): boolean {
  const { candidates, cascade } = planned.plan.route;
  if (cascade !== null) return trace.makeshift; // it checked the answer itself
  return planned.missed.some((model) => model !== trace.servedModel) || trace.servedModel !== candidates[0]?.model;
}
