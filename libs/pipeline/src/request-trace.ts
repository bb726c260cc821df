import type { CachedAnswer, FlightFacts } from '@relay/cache';
import {
  type CacheResult,
  type PlanDocument,
  type QueueResult,
  type RouteCandidate,
  tokenPartsOf,
  type TraceStatus,
} from '@relay/contracts';
import type { Clock } from '@relay/core';
import type { Planned } from '@relay/policy';
import type { Usage } from '@relay/protocols';
import type { RateStanding } from '@relay/scheduler';
import { type AttemptRecord, durationText, type SharedParts, type StageRecord, type TraceRecord } from '@relay/trace';
import type { Exchange, DoorExchange } from './exchange';

export type StageAttributes = NonNullable<StageRecord[3]>;

/** Tokens as they will be accounted. */
export type TokenCounts = Usage & { readonly estimated: boolean };

/** What an upstream reported for one call, and what that costs in USD; nulls where there is no price. */
export interface Billed {
  readonly usage: Usage;
  readonly costUsd: string | null;
  readonly priceVersion: string | null;
}

/** A stage that has begun, and what is told of it should it not end in time. */
export interface UnderWay {
  readonly name: string;
  readonly startMs: number;
  readonly attributes: StageAttributes;
}

const ROUNDING = 1_000; // durations are kept to the microsecond

/** What is known of one request so far. Filled in as the request goes its way; turned into the trace's row at its end. */
export class RequestTrace {
  model: string | null = null;
  stream = false;
  /** Of a stream that holds no events but bytes: what they are. */
  bytesType: string | null = null;
  document: PlanDocument | null = null;
  /** name@version of the policy that had no plan for it. */
  refusedBy: string | null = null;
  features: Record<string, unknown> | null = null;
  tags: readonly string[] = [];
  cache: CacheResult = 'bypass';
  cacheSource: string | null = null;
  cacheEntry: string | null = null;
  similarity: number | null = null;
  savedMs: number | null = null;
  cacheAgeSeconds: number | null = null;
  queue: QueueResult = 'none';
  queueMs = 0;
  servedModel: string | null = null;
  provider: string | null = null;
  /** The target that was called; null where nobody was called for this request. */
  target: RouteCandidate | null = null;
  ttftMs: number | null = null;
  /** Of the last call that was answered, as its provider says it. */
  finishReason: string | null = null;
  tokens: TokenCounts | null = null;
  costUsd: string | null = null;
  priceVersion: string | null = null;
  savedUsd: string | null = null;
  /** Scores of this request where the plan's own do not hold. */
  scores: readonly RouteCandidate[] | null = null;
  predicted: Readonly<Record<string, number | null>> | null = null;
  /** How its tenant and key stand with their rate limits; null: they have none. */
  rates: RateStanding | null = null;
  /** The answer is one to make do with: a cascade did not accept it, and nobody stronger could be asked. */
  makeshift = false;
  /** Its provider's own batch answered it, at the price of such. */
  inProviderBatch = false;
  /** What was given up under load, as `x-relay-degraded` has it. */
  degraded: readonly string[] = [];
  readonly attempts: AttemptRecord[] = [];
  /** Of attempts whose answer is not the one that the client gets; at most one for each attempt. */
  readonly alsoBilled: Billed[] = [];
  private readonly stages: StageRecord[] = [];
  private underWay: UnderWay | null = null;
  private recorded = false;
  /** What its line has in common with those of requests that are alike. */
  shared: SharedParts | null = null;
  /** How it ended, once it has. */
  ended: TraceStatus | null = null;

  constructor(
    private readonly exchange: Exchange | DoorExchange,
    private readonly clock: Clock,
  ) {}

  /** A client waits for it at the door: it is no line of a batch, and nothing of the relay's own. */
  get cameThroughDoor(): boolean {
    return this.exchange.fromDoor === true;
  }

  /** Ms since the request arrived. */
  elapsed(): number {
    return Math.round((this.clock.monotonic() - this.exchange.startedAt) * ROUNDING) / ROUNDING;
  }

  /** Ms until the deadline of the plan; at least one, so that a call that is late still ends by itself. */
  remainingMs(deadlineMs: number): number {
    return Math.max(1, Math.round(deadlineMs - this.elapsed()));
  }

  /** What was decided of it, and by what. */
  planned({ document, features, scores, predicted }: Planned): void {
    this.document = document;
    this.features = features;
    this.scores = scores;
    this.predicted = predicted;
  }

  /** Whose answer it will be, as far as is known. */
  servedBy(target: RouteCandidate): void {
    this.target = target;
    this.servedModel = target.model;
    this.provider = target.provider;
  }

  /** `ms` since the request arrived. */
  firstTokenAt(ms: number): void {
    this.ttftMs = Math.round(ms * ROUNDING) / ROUNDING;
  }

  /** Notes a stage that began at `startMs` (from `elapsed`) and ends now; gives the present time for the next one. */
  stage(name: string, startMs: number, attributes?: StageAttributes): number {
    const now = this.elapsed();
    this.noteStage(name, startMs, now - startMs, attributes);
    return now;
  }

  noteStage(name: string, startMs: number, durationMs: number, attributes?: StageAttributes): void {
    const duration = Math.round(durationMs * ROUNDING) / ROUNDING;
    this.stages.push(attributes ? [name, startMs, duration, attributes] : [name, startMs, duration]);
  }

  /** A stage that nobody may wait for: where the request ends first, its trace has `attributes` of it. One at a time. */
  begin(name: string, startMs: number, attributes: StageAttributes): UnderWay {
    this.underWay = { name, startMs, attributes };
    return this.underWay;
  }

  /** What came of a stage that was under way; nothing is noted of a request that has ended. */
  finish(stage: UnderWay, attributes: StageAttributes): void {
    if (this.underWay !== stage || this.recorded) return;
    this.underWay = null;
    this.stage(stage.name, stage.startMs, attributes);
  }

  /** `name;dur=ms` for each stage so far, as the Server-Timing header wants it (W3C Server Timing). */
  serverTiming(): string {
    let text = '';
    for (const [name, , ms] of this.stages) text += `${text === '' ? '' : ', '}${name};dur=${durationText(ms)}`;
    return text;
  }

  /** The request was ended; nothing may end it again. */
  get isRecorded(): boolean {
    return this.recorded;
  }

  /** Another request of the same moment gets the answer for this one as well. */
  rides({ servedModel, provider, sourceTraceId, cache, entry, similarity, degraded }: FlightFacts): void {
    this.servedModel = servedModel;
    this.provider = provider;
    this.cacheSource = sourceTraceId;
    this.cache = cache === 'miss' ? 'coalesced' : cache;
    this.cacheEntry = entry;
    this.similarity = similarity;
    this.degraded = degraded;
  }

  /** Takes over who answered back then, and what it cost then. */
  servedFromCache(answer: CachedAnswer): void {
    this.cacheSource = answer.sourceTraceId;
    this.cacheAgeSeconds = Math.max(0, Math.floor((this.clock.now() - answer.createdAt) / 1_000));
    this.servedModel = answer.servedModel;
    this.provider = answer.provider;
    this.savedUsd = answer.costUsd;
    this.savedMs = Math.max(0, Math.round(answer.tookMs - this.elapsed()));
    this.costUsd = answer.costUsd === null ? null : '0';
    this.priceVersion = answer.priceVersion ?? null;
    const tokens = {
      inputTokens: answer.inputTokens ?? 0,
      cachedInputTokens: answer.cachedInputTokens ?? 0,
      outputTokens: answer.outputTokens ?? 0,
      reasoningTokens: answer.reasoningTokens ?? 0,
      estimated: answer.usageEstimated ?? false,
    };
    this.tokens = answer.tokenParts ? Object.assign(tokens, answer.tokenParts) : tokens;
  }

  /** The row of the trace. Taken once, at the end. */
  toRecord(status: TraceStatus, httpStatus: number, errorCode: string | null, error: string | null): TraceRecord {
    const { exchange, document, tokens } = this;
    if (this.underWay !== null) this.finish(this.underWay, this.underWay.attributes);
    this.recorded = true;
    this.ended = status;
    return {
      id: exchange.traceId,
      at: exchange.receivedAt,
      requestId: exchange.requestId,
      tenant: exchange.principal?.tenant.id ?? null,
      keyId: exchange.principal?.keyId ?? null,
      endpoint: exchange.endpoint,
      model: this.model,
      servedModel: this.servedModel,
      provider: this.provider,
      status,
      httpStatus,
      errorCode,
      error,
      stream: this.stream,
      cache: this.cache,
      cacheSource: this.cacheSource,
      cacheEntry: this.cacheEntry,
      similarity: this.similarity,
      savedMs: this.savedMs,
      queue: this.queue,
      queueMs: this.queueMs,
      ttftMs: this.ttftMs,
      totalMs: this.elapsed(),
      inputTokens: tokens?.inputTokens ?? null,
      cachedInputTokens: tokens?.cachedInputTokens ?? null,
      outputTokens: tokens?.outputTokens ?? null,
      reasoningTokens: tokens?.reasoningTokens ?? null,
      tokenParts: tokens === null ? {} : tokenPartsOf(tokens),
      usageEstimated: tokens?.estimated ?? false,
      costUsd: this.costUsd,
      priceVersion: this.priceVersion,
      savedUsd: this.savedUsd,
      policy: document?.policy ?? this.refusedBy,
      signature: document?.signature ?? null,
      planId: document?.id ?? null,
      degraded: this.degraded,
      tags: this.tags,
      attempts: this.attempts,
      stages: this.stages,
      features: this.features,
      scores: this.scores,
      predicted: this.predicted,
      finishReason: this.finishReason,
      shared: status === 'ok' ? this.shared : null,
      traceparent: exchange.headers['traceparent'],
      tracestate: exchange.headers['tracestate'],
    };
  }
}
