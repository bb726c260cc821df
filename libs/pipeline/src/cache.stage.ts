import { Inject, Injectable } from '@nestjs/common';
import {
  ExactCache,
  Invalidations,
  OwnerDirectory,
  labelsOf,
  parseCacheControl,
  type CacheDirectives,
  type CachedAnswer,
  type CacheScope,
} from '@relay/cache';
import { ConfigStore } from '@relay/config';
import { OPERATION_SHAPES, tokenPartsOf } from '@relay/contracts';
import { CLOCK, sha256Hex, type Clock } from '@relay/core';
import { type AnswerAssembler, protocolOf } from '@relay/protocols';
import type { Passthrough, UpstreamCompleted } from '@relay/providers';
import type { Job } from './job';
import { keepsPayload } from './keeps-payload';
import { isMakeshift } from './makeshift';
import { tellingHeaders } from './operations/meaningful-headers';
import type { RequestTrace } from './request-trace';

/** What the client and the plan allow for one request. */
export interface CacheLookup {
  /** Null when the cache is left out altogether. */
  readonly key: string | null;
  readonly scope: CacheScope;
  readonly directives: CacheDirectives;
  /** Latest invalidation that was known when the request began. */
  readonly epoch: number;
  /** The latest of those that may concern its answer. */
  readonly ownEpoch: number;
  /** Answers of before may be served. */
  readonly reads: boolean;
  readonly stores: boolean;
  /** Only what all processes share counts: a warming is for the others. */
  readonly sharedOnly: boolean;
  /** So long after its time an answer will do, while it is asked for anew; ms. */
  readonly staleMs: number;
  /** An answer that a look-up found and left, as it is past that: where load leaves nothing else it may do. */
  pastTime: PastTime | null;
}

export interface PastTime {
  readonly answer: CachedAnswer;
  readonly tier: 'exact-l1' | 'exact-l2';
}

const MS_PER_SECOND = 1_000;
/** So long after its time an answer may be served where the policy loosens the cache under load: once more its time, at most this, ms. */
const MAX_LOOSENED_MS = 3_600_000;
/** Ends of answers that a provider withheld, in the words of chat and of messages. */
const REFUSED: ReadonlySet<string> = new Set(['content_filter', 'refusal']);
/** Refusals that the same request gets again: bad parameters, too long a context, a model that is not there, too large a body. */
const LASTING_REFUSALS: ReadonlySet<number> = new Set([400, 404, 413, 415, 422]);

/** Looks up and stores answers word for word, as the plan and the client's Cache-Control say. */
@Injectable()
export class CacheStage {
  constructor(
    private readonly cache: ExactCache,
    private readonly invalidations: Invalidations,
    private readonly owners: OwnerDirectory,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  open({ exchange, asked, request, repeat, planned: { document, plan } }: Job): CacheLookup {
    const directives = parseCacheControl(exchange.headers['cache-control']);
    const internal = exchange.internal?.purpose;
    const isVerdict = internal === 'judge' || internal === 'verify'; // on an answer that is judged once
    const { operation } = exchange;
    const mayKeep = OPERATION_SHAPES[operation].cacheable && plan.cache.exact.enabled;
    const mayBeFound = mayKeep && !isVerdict && !(directives.noStore && directives.noCache);
    const { tenant, scopes } = exchange.principal;
    const scope = {
      operation,
      owner: this.owners.ownerOf(tenant.id),
      role: scopes.length === 1 ? (scopes[0] ?? '') : [...scopes].sort().join(' '),
      signature: document.signature,
      requestedModel: request.model,
      version: plan.cache.version,
    };
    const key = mayBeFound ? (repeat?.known.key ?? this.keyOf(scope, asked, exchange)) : null;
    const wanted = key !== null;
    return {
      key,
      scope,
      directives,
      epoch: this.invalidations.epoch,
      ownEpoch: scope.owner === `t:${tenant.id}` ? this.invalidations.epochOf(tenant.id) : this.invalidations.epoch,
      reads: wanted && !directives.noCache && internal !== 'recheck',
      stores: wanted && !directives.noStore,
      sharedOnly: internal === 'warm' && this.cache.hasL2,
      staleMs: internal === undefined ? plan.cache.exact.staleMs : 0,
      pastTime: null,
    };
  }

  private keyOf(scope: CacheScope, asked: Job['asked'], { operation, headers }: Job['exchange']): string | null {
    const told = this.cache.key(scope, asked);
    return told === null ? null : withHeaders(told, tellingHeaders(operation, headers));
  }

  /** Synchronous: what this process holds itself. */
  inMemory(lookup: CacheLookup, trace: RequestTrace): CachedAnswer | undefined {
    if (lookup.key === null || !lookup.reads) return undefined;
    const startMs = trace.elapsed();
    const held = lookup.sharedOnly ? undefined : this.cache.getL1(lookup.key);
    const answer = this.noting(lookup, 'exact-l1', held);
    trace.cache = answer ? 'exact-l1' : 'miss';
    if (answer || !this.cache.hasL2) trace.stage('cache', startMs);
    return answer;
  }

  /** Null where nothing is shared. */
  inShared(lookup: CacheLookup, isFirst = true): Promise<CachedAnswer | undefined> | null {
    if (lookup.key === null || !lookup.reads || !this.cache.hasL2) return null;
    return this.cache.getL2(lookup.key, isFirst).then((found) => this.noting(lookup, 'exact-l2', found));
  }

  /** What was not there a moment ago: that it is not there yet is no further miss. */
  againInShared(lookup: CacheLookup): Promise<CachedAnswer | undefined> | null {
    return this.inShared(lookup, false);
  }

  /** What was found and left: past its time, but not by more than the policy lets it be under load. */
  loosened({ pastTime, directives }: CacheLookup): PastTime | null {
    if (pastTime === null || !this.isYoungEnough(directives, pastTime.answer)) return null;
    if (this.invalidations.isVoid(pastTime.answer)) return null; // since it was found
    const { createdAt, expiresAt, errorCode } = pastTime.answer;
    const lateMs = this.clock.now() - expiresAt;
    return errorCode === null && lateMs < loosenedMs(expiresAt - createdAt) ? pastTime : null;
  }

  /** Gathers a stream that will be stored, or whose answer the trace keeps; null when nobody needs it. */
  assembler(lookup: CacheLookup, { planned, exchange }: Job): AnswerAssembler | null {
    if (!lookup.stores && !keepsPayload(planned.plan, exchange.principal)) return null;
    return protocolOf(exchange.operation)?.assembler(this.config.current.cache.maxEntryBytes) ?? null;
  }

  /** An upstream's answer as others may be served it. */
  answerOf(lookup: CacheLookup, job: Job, body: Buffer): CachedAnswer {
    const { degrade, cache } = job.planned.plan;
    const { ttlMs, staleMs } = cache.exact;
    const keptMs = degrade.includes('looser-cache') ? Math.max(staleMs, loosenedMs(ttlMs)) : staleMs;
    return this.entry(lookup, job, { ttlMs, staleMs: keptMs }, { body, status: 200, errorCode: null });
  }

  /** Keeps a refusal that the same request would get again. */
  refuse(lookup: CacheLookup, job: Job, { status, body }: Passthrough, errorCode: string): void {
    const { refusalTtlMs: ttlMs } = job.planned.plan.cache.exact;
    if (!lookup.stores || lookup.key === null || ttlMs === 0 || !LASTING_REFUSALS.has(status)) return;
    if (isMakeshift(job) || job.trace.attempts.length > 1) return; // the one that was away may not refuse
    const said = { body, status, errorCode };
    void this.cache.put(lookup.key, this.entry(lookup, job, { ttlMs, staleMs: 0 }, said));
  }

  /** Whether the plan, the client and the answer itself allow that others are served it later. */
  mayStore(lookup: CacheLookup, job: Job, { finishReason }: UpstreamCompleted): boolean {
    return lookup.stores && !isMakeshift(job) && finishReason !== null && !REFUSED.has(finishReason);
  }

  /** In L1 at once; the promise settles when the other processes can find it, or when that was given up. */
  store({ key }: CacheLookup, answer: CachedAnswer): Promise<void> {
    return key === null ? Promise.resolve() : this.cache.put(key, answer);
  }

  /** What the client and the plan accept. */
  fitting(lookup: CacheLookup, answer: CachedAnswer | undefined): CachedAnswer | undefined {
    return answer && !this.invalidations.isVoid(answer) && this.isInTime(lookup, answer) ? answer : undefined;
  }

  isStale({ expiresAt }: CachedAnswer): boolean {
    return expiresAt <= this.clock.now();
  }

  private noting(
    lookup: CacheLookup,
    tier: PastTime['tier'],
    found: CachedAnswer | undefined,
  ): CachedAnswer | undefined {
    if (found === undefined || this.isInTime(lookup, found)) return found; // a tier gives nothing that is void
    lookup.pastTime = { answer: found, tier };
    return undefined;
  }

  private isInTime({ directives, staleMs }: CacheLookup, answer: CachedAnswer): boolean {
    return this.isYoungEnough(directives, answer) && this.clock.now() < answer.expiresAt + staleMs;
  }

  private isYoungEnough({ maxAgeSeconds }: CacheDirectives, answer: CachedAnswer): boolean {
    return maxAgeSeconds === undefined || this.clock.now() - answer.createdAt <= maxAgeSeconds * MS_PER_SECOND;
  }

  private entry(
    lookup: CacheLookup,
    { exchange, request, trace }: Job,
    { ttlMs, staleMs }: { readonly ttlMs: number; readonly staleMs: number },
    { body, status, errorCode }: Pick<CachedAnswer, 'body' | 'status' | 'errorCode'>,
  ): CachedAnswer {
    const now = this.clock.now();
    const { key, scope, epoch } = lookup;
    const servedModel = trace.servedModel ?? '';
    return {
      body,
      status,
      errorCode,
      createdAt: now,
      expiresAt: now + ttlMs,
      staleUntil: now + ttlMs + staleMs,
      epoch,
      labels: labelsOf({
        tenantId: exchange.principal.tenant.id,
        owner: scope.owner,
        requestedModel: request.model,
        servedModel,
        tags: trace.tags,
        version: scope.version,
        key: key ?? '',
      }),
      sourceTraceId: exchange.traceId,
      servedModel,
      provider: trace.provider ?? '',
      inputTokens: trace.tokens?.inputTokens ?? null,
      cachedInputTokens: trace.tokens?.cachedInputTokens ?? null,
      outputTokens: trace.tokens?.outputTokens ?? null,
      reasoningTokens: trace.tokens?.reasoningTokens,
      tokenParts: trace.tokens ? tokenPartsOf(trace.tokens) : undefined,
      usageEstimated: trace.tokens?.estimated,
      costUsd: trace.costUsd,
      priceVersion: trace.priceVersion,
      ttftMs: trace.ttftMs,
      tookMs: trace.elapsed(),
    };
  }
}

const loosenedMs = (ttlMs: number): number => Math.min(ttlMs, MAX_LOOSENED_MS);

/** The exact key of a question whose headers are a part of it. */
function withHeaders(key: string, headers: Readonly<Record<string, string>> | null): string {
  return headers === null ? key : sha256Hex(`${key} ${JSON.stringify(headers)}`);
}
