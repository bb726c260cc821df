import { Inject, Injectable, Logger } from '@nestjs/common';
import { completionToSse, type CachedAnswer } from '@relay/cache';
import type { ChatCompletionRequest, TraceStatus } from '@relay/contracts';
import { CLOCK, RelayError, err, ok, toRelayError, type Clock, type Result } from '@relay/core';
import { PolicyService, parsePlanHeaders, type Planned } from '@relay/policy';
import type { UpstreamOutcome } from '@relay/providers';
import { TraceRecorder } from '@relay/trace';
import { Accountant, tokensOfBytes } from './accountant';
import { CacheStage, type CacheLookup } from './cache.stage';
import type { Exchange, DoorExchange } from './exchange';
import { explainInBody } from './explain-in-body';
import { parseChatRequest } from './parse-chat-request';
import { jsonHeaders, relayHeaders } from './reply-headers';
import { RequestTrace } from './request-trace';
import { seedOf } from './seed';
import { StreamAnswer } from './stream-answer';
import { traceStatusOf } from './trace-status';
import { UpstreamStage } from './upstream.stage';

type Completed = Extract<UpstreamOutcome, { kind: 'completed' }>;
type Failed = Extract<UpstreamOutcome, { kind: 'failed' }>;

/** A request with its plan and everything that later stages fill in. */
interface Job {
  readonly exchange: Exchange;
  readonly trace: RequestTrace;
  readonly request: ChatCompletionRequest;
  readonly planned: Planned;
}

const OBSERVE_NOTHING = { onFrames: () => true };

/**
 * The one place that orders the stages: parse, plan, cache, slot, upstream, store. Every way out ends in exactly one reply
 * and exactly one trace, and the trace is recorded before the last byte of the reply leaves.
 */
@Injectable()
export class CompletionService {
  private readonly logger = new Logger(CompletionService.name);

  constructor(
    private readonly policy: PolicyService,
    private readonly cache: CacheStage,
    private readonly upstream: UpstreamStage,
    private readonly accountant: Accountant,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers one chat completion. Never rejects. */
  async complete(exchange: Exchange): Promise<void> {
    const trace = new RequestTrace(exchange, this.clock);
    trace.noteStage('auth', 0, exchange.authMs);
    try {
      const job = this.prepare(exchange, trace);
      if (job.ok) await this.serve(job.value);
      else this.replyError(exchange, trace, job.error);
    } catch (thrown) {
      const error = toRelayError(thrown);
      if (error.code === 'internal_error')
        this.logger.error({ requestId: exchange.requestId, err: error.cause }, 'request failed');
      this.replyError(exchange, trace, error);
    }
  }

  /** Replies to a request that was turned away at the door, and records it. */
  refuse(exchange: DoorExchange, error: RelayError): void {
    this.replyError(exchange, new RequestTrace(exchange, this.clock), error);
  }

  /** Replies with a JSON value that needs no plan and no upstream, and records it. */
  answer(exchange: DoorExchange, value: object): void {
    const trace = new RequestTrace(exchange, this.clock);
    const body = Buffer.from(JSON.stringify(value));
    this.record(trace, 'ok', 200);
    exchange.reply.send(200, jsonHeaders(relayHeaders(exchange, trace), body), body);
  }

  private prepare(exchange: Exchange, trace: RequestTrace): Result<Job, RelayError> {
    let at = trace.elapsed();
    const parsed = parseChatRequest(exchange.body);
    at = trace.stage('parse', at);
    if (!parsed.ok) return parsed;
    const request = parsed.value;
    trace.model = request.model;
    trace.stream = request.stream === true;
    const headers = parsePlanHeaders(exchange.headers);
    if (!headers.ok) return headers;
    trace.tags = headers.value.tags;
    const planned = this.policy.plan({
      body: request,
      bodyBytes: exchange.body.length,
      headers: headers.value,
      principal: exchange.principal,
      at: exchange.receivedAt,
      seed: seedOf(exchange.traceId),
    });
    trace.stage('plan', at);
    if (!planned.ok) return err(planned.error);
    trace.document = planned.value.document;
    trace.features = planned.value.features;
    return ok({ exchange, trace, request, planned: planned.value });
  }

  private async serve(job: Job): Promise<void> {
    const { exchange, trace, request, planned } = job;
    const lookup = this.cache.open(exchange, request, planned);
    const found = this.cache.find(lookup, trace);
    const answer = found instanceof Promise ? await found : found;
    if (answer) return this.replyCached(job, answer);
    if (lookup.directives.onlyIfCached) {
      return this.replyError(
        exchange,
        trace,
        new RelayError('only_if_cached_miss', 'Nothing is cached for this request, and only-if-cached was asked for.'),
      );
    }
    await (trace.stream ? this.serveStream(job, lookup) : this.serveWhole(job, lookup));
  }

  private replyCached({ exchange, trace, request }: Job, answer: CachedAnswer): void {
    trace.cacheSource = answer.sourceTraceId;
    trace.servedModel = answer.servedModel;
    trace.provider = answer.provider;
    trace.savedUsd = answer.costUsd;
    trace.costUsd = answer.costUsd === null ? null : '0';
    trace.tokens = {
      inputTokens: answer.inputTokens ?? 0,
      cachedInputTokens: answer.cachedInputTokens ?? 0,
      outputTokens: answer.outputTokens ?? 0,
      reasoningTokens: 0,
      estimated: false,
    };
    const headers = relayHeaders(exchange, trace);
    headers.push('age', String(Math.max(0, Math.floor((this.clock.now() - answer.createdAt) / 1_000))));
    if (trace.stream) {
      const frames = completionToSse(answer.body, { includeUsage: request.stream_options?.include_usage === true });
      this.record(trace, 'ok', 200);
      headers.push('content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache');
      return exchange.reply.send(200, headers, frames);
    }
    this.replyWhole(exchange, trace, headers, 200, answer.body);
  }

  private async serveWhole(job: Job, lookup: CacheLookup): Promise<void> {
    const outcome = await this.upstream.serve({ ...job, observer: OBSERVE_NOTHING });
    if (outcome.kind === 'failed') return this.replyFailed(job, outcome, 0);
    const { exchange, trace } = job;
    this.accountant.settle(trace, outcome.usage, tokensOfBytes(outcome.body.length));
    this.replyWhole(exchange, trace, relayHeaders(exchange, trace), outcome.status, outcome.body, outcome.contentType);
    this.store(job, lookup, outcome, outcome.body);
  }

  private async serveStream(job: Job, lookup: CacheLookup): Promise<void> {
    const { exchange, trace } = job;
    const assembler = this.cache.assembler(lookup);
    const answer = new StreamAnswer(exchange, trace, assembler);
    const outcome = await this.upstream.serve({ ...job, observer: answer });
    if (outcome.kind === 'failed') return this.replyFailed(job, outcome, answer.frames);
    this.accountant.settle(trace, outcome.usage, answer.frames);
    answer.start();
    this.record(trace, 'ok', 200);
    exchange.reply.end(outcome.tail);
    assembler?.push(outcome.tail);
    const body = assembler?.finish(outcome.usage);
    if (body) this.store(job, lookup, outcome, body);
  }

  /** Only complete answers are kept. */
  private store({ exchange, trace, planned }: Job, lookup: CacheLookup, outcome: Completed, body: Buffer): void {
    if (outcome.finishReason === null || outcome.finishReason === 'content_filter') return;
    this.cache.store(lookup, planned, {
      body,
      sourceTraceId: exchange.traceId,
      servedModel: trace.servedModel ?? '',
      provider: trace.provider ?? '',
      inputTokens: trace.tokens?.inputTokens ?? null,
      cachedInputTokens: trace.tokens?.cachedInputTokens ?? null,
      outputTokens: trace.tokens?.outputTokens ?? null,
      costUsd: trace.costUsd,
    });
  }

  private replyFailed({ exchange, trace }: Job, outcome: Failed, frames: number): void {
    const { error, passthrough } = outcome;
    if (outcome.started || outcome.usage) this.accountant.settle(trace, outcome.usage, frames);
    if (passthrough && !exchange.reply.started) {
      this.record(trace, 'error', passthrough.status, error);
      const headers = jsonHeaders(relayHeaders(exchange, trace), passthrough.body, passthrough.contentType);
      return exchange.reply.send(passthrough.status, headers, passthrough.body);
    }
    this.replyError(exchange, trace, error);
  }

  private replyWhole(
    exchange: Exchange,
    trace: RequestTrace,
    headers: string[],
    status: number,
    answer: Buffer,
    contentType?: string,
  ): void {
    const body = explainInBody(exchange, trace, answer);
    this.record(trace, 'ok', status);
    exchange.reply.send(status, jsonHeaders(headers, body, contentType), body);
  }

  private replyError(exchange: Exchange | DoorExchange, trace: RequestTrace, error: RelayError): void {
    this.record(trace, traceStatusOf(error.code), error.status, error);
    const text = JSON.stringify(error.toBody());
    // The blank line ends a frame that was cut off in the middle; elsewhere it means nothing.
    if (exchange.reply.started) return exchange.reply.end(Buffer.from(`\n\nevent: error\ndata: ${text}\n\n`));
    const headers = relayHeaders(exchange, trace);
    if (error.retryAfterSeconds !== undefined) headers.push('retry-after', String(Math.ceil(error.retryAfterSeconds)));
    const body = Buffer.from(text);
    exchange.reply.send(error.status, jsonHeaders(headers, body), body);
  }

  private record(trace: RequestTrace, status: TraceStatus, httpStatus: number, error?: RelayError): void {
    this.recorder.record(
      trace.toRecord(status, httpStatus, error?.code ?? null, error?.message ?? null),
      trace.document,
      null,
    );
  }
}
