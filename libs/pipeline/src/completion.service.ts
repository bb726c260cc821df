import { Inject, Injectable, Logger } from '@nestjs/common';
import { completionToSse, type CachedAnswer } from '@relay/cache';
import { CLOCK, RelayError, err, ok, toRelayError, type Clock, type Result } from '@relay/core';
import { PolicyService, parsePlanHeaders } from '@relay/policy';
import type { UpstreamFailed } from '@relay/providers';
import { Accountant, type UncountedAnswer } from './accountant';
import { CacheStage, type CacheLookup } from './cache.stage';
import type { DoorExchange, Exchange } from './exchange';
import type { Job } from './job';
import { GuardStage } from './guards/guard.stage';
import { parseChatRequest } from './parse-chat-request';
import { ReplyStage } from './reply.stage';
import { RequestTrace } from './request-trace';
import { saidInBody, saidInStream } from './said-in';
import { seedOf } from './seed';
import { SignalStage } from './signal.stage';
import { StreamAnswer } from './stream-answer';
import { UpstreamStage } from './upstream.stage';

const OBSERVE_NOTHING = { onFrames: () => true };
const NOTHING_SAID = (): UncountedAnswer => ({ text: '', frames: 0 });

/**
 * The one place that orders the stages: parse, plan, guard, cache, slot, upstream, store. Every way out ends in exactly one reply
 * and exactly one trace, and the trace is recorded before the last byte of the reply leaves.
 */
@Injectable()
export class CompletionService {
  private readonly logger = new Logger(CompletionService.name);

  constructor(
    private readonly policy: PolicyService,
    private readonly guards: GuardStage,
    private readonly cache: CacheStage,
    private readonly upstream: UpstreamStage,
    private readonly accountant: Accountant,
    private readonly reply: ReplyStage,
    private readonly signals: SignalStage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers one chat completion. Never rejects. */
  async complete(exchange: Exchange): Promise<void> {
    const trace = new RequestTrace(exchange, this.clock);
    trace.noteStage('auth', 0, exchange.authMs);
    let answered = exchange;
    try {
      const job = this.prepare(exchange, trace);
      if (!job.ok) return this.reply.error(exchange, trace, job.error);
      answered = job.value.exchange; // a guard may have put a reply of its own before the client's
      await this.serve(job.value);
    } catch (thrown) {
      const error = toRelayError(thrown);
      if (error.code === 'internal_error')
        this.logger.error({ requestId: exchange.requestId, err: error.cause }, 'request failed');
      this.reply.error(answered, trace, error);
    }
  }

  /** Replies to a request that was turned away at the door, and records it. */
  refuse(exchange: DoorExchange, error: RelayError): void {
    this.reply.error(exchange, new RequestTrace(exchange, this.clock), error);
  }

  /** Replies with a JSON value that needs no plan and no upstream, and records it. */
  answer(exchange: DoorExchange, value: object): void {
    this.reply.value(exchange, new RequestTrace(exchange, this.clock), value);
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
    trace.scores = planned.value.scores;
    trace.predicted = planned.value.predicted;
    const guarded = this.guards.apply({ exchange, request }, planned.value, trace);
    return guarded.ok ? ok({ ...guarded.value, trace, planned: planned.value }) : guarded;
  }

  private async serve(job: Job): Promise<void> {
    const { exchange, trace, request, planned } = job;
    const lookup = this.cache.open(exchange, request, planned);
    const found = this.cache.find(lookup, trace);
    const answer = found instanceof Promise ? await found : found;
    if (answer) return this.replyCached(job, answer);
    if (lookup.directives.onlyIfCached) {
      return this.reply.error(
        exchange,
        trace,
        new RelayError('only_if_cached_miss', 'Nothing is cached for this request, and only-if-cached was asked for.'),
      );
    }
    await (trace.stream ? this.serveStream(job, lookup) : this.serveWhole(job, lookup));
  }

  private replyCached({ exchange, trace, request }: Job, answer: CachedAnswer): void {
    trace.servedFromCache(answer);
    if (!trace.stream) return this.reply.whole(exchange, trace, 200, answer.body);
    const includeUsage = request.stream_options?.include_usage === true;
    this.reply.replay(exchange, trace, completionToSse(answer.body, { includeUsage }), answer.body);
  }

  private async serveWhole(job: Job, lookup: CacheLookup): Promise<void> {
    const outcome = await this.upstream.serve(job, OBSERVE_NOTHING);
    if (outcome.kind === 'failed') return this.replyFailed(job, outcome, NOTHING_SAID);
    const { exchange, trace } = job;
    if (outcome.usage) this.accountant.settle(trace, outcome.usage);
    else await this.accountant.count(job, { text: saidInBody(outcome.body), frames: 0 });
    this.reply.whole(exchange, trace, outcome.status, outcome.body, outcome.contentType);
    this.cache.store(lookup, job, outcome, outcome.body);
    this.signals.note(job, outcome.body);
  }

  private async serveStream(job: Job, lookup: CacheLookup): Promise<void> {
    const { exchange, trace, planned } = job;
    const assembler = this.cache.assembler(lookup, planned.plan);
    const answer = new StreamAnswer(exchange, trace, assembler);
    const outcome = await this.upstream.serve(job, answer);
    const said = (): UncountedAnswer => ({ text: saidInStream(assembler), frames: answer.frames });
    if (outcome.kind === 'failed') return this.replyFailed(job, outcome, said);
    assembler?.push(outcome.tail);
    if (outcome.usage) this.accountant.settle(trace, outcome.usage);
    else await this.accountant.count(job, said());
    answer.start();
    // Assembling costs about 1.5 µs a chunk, so it waits until the client has its last frames, unless the trace wants the text.
    const { payloadLogging } = planned.plan;
    const logged = payloadLogging ? assembler?.finish(outcome.usage) : undefined;
    this.reply.endStream(exchange, trace, outcome.tail, logged);
    const body = payloadLogging ? logged : assembler?.finish(outcome.usage);
    if (!body) return;
    this.cache.store(lookup, job, outcome, body);
    this.signals.note(job, body);
  }

  private async replyFailed(job: Job, outcome: UpstreamFailed, said: () => UncountedAnswer): Promise<void> {
    const { exchange, trace } = job;
    const { error, passthrough } = outcome;
    if (outcome.usage) this.accountant.settle(trace, outcome.usage);
    else if (outcome.started) await this.accountant.count(job, said());
    else this.accountant.settleOthers(trace);
    if (passthrough && !exchange.reply.started) this.reply.passthrough(exchange, trace, passthrough, error);
    else this.reply.error(exchange, trace, error);
  }
}
