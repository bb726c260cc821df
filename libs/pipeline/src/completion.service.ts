import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import {
  CLOCK,
  err,
  ok,
  RelayError,
  toRelayError,
  type CancelSignal,
  type Clock,
  type Principal,
  type Result,
} from '@relay/core';
import { parsePlanHeaders, type Planned, type PlanInput, PolicyService } from '@relay/policy';
import { Telemetry } from '@relay/trace';
import { CountStage, type CountView, withoutTokens } from './counting/count.stage';
import { Doorkeeper } from './door/doorkeeper';
import { ElsewhereStage } from './elsewhere/elsewhere.stage';
import type { DoorExchange, Exchange } from './exchange';
import { internalPlan } from './internal/internal-plan';
import type { Job } from './job';
import { LimitStage } from './limits/limit.stage';
import { RequestAccount } from './limits/request-account';
import { GuardStage } from './guards/guard.stage';
import type { GuardedRequest } from './guards/judged-request';
import { parseRequest } from './operations/parse-request';
import { OnceStage } from './once/once.stage';
import type { Repeat } from './repeats/repeat';
import { Repeats } from './repeats/repeats';
import { ReplyStage } from './reply.stage';
import { RequestTrace } from './request-trace';
import { seedOf } from './seed';
import type { KeptBytes } from './send-bytes';
import { AnswerStage } from './serving/answer.stage';

/**
 * The one place that orders the stages: parse, plan, guard, limits, answer. Every way out ends in exactly one reply and exactly one trace, and
 * the trace is recorded before the last byte of the reply leaves.
 */
@Injectable()
export class CompletionService {
  private readonly logger = new Logger(CompletionService.name);

  constructor(
    private readonly policy: PolicyService,
    private readonly guards: GuardStage,
    private readonly limits: LimitStage,
    private readonly answers: AnswerStage,
    private readonly counts: CountStage,
    private readonly once: OnceStage,
    private readonly elsewhere: ElsewhereStage,
    private readonly reply: ReplyStage,
    private readonly door: Doorkeeper,
    private readonly repeats: Repeats,
    private readonly config: ConfigStore,
    private readonly telemetry: Telemetry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers one request for a model. Never rejects. */
  complete(exchange: Exchange): Promise<void> {
    const { tee } = exchange;
    const serve = (job: Job): Promise<void> => (job.repeat === null ? this.answers.serve(job) : this.serveAgain(job));
    const serveOnce = tee && ((job: Job) => this.once.serve({ ...exchange, tee }, job, () => serve(job)));
    const admit = (job: Job): ReturnType<LimitStage['admit']> => (isAnswered(exchange) ? null : this.limits.admit(job));
    return this.pass(exchange, admit, serveOnce ?? serve);
  }

  /** Tells how many tokens the question of one request has, at the same gate. Never rejects. */
  count(exchange: Exchange, view: CountView): Promise<void> {
    return this.pass(
      exchange,
      (job) => this.limits.admit(withoutTokens(job)),
      (job) => this.counts.serve(job, view),
    );
  }

  /** Of what repeats only the answer in memory is certain. Where that will not do, or is gone since, it is planned by what holds now. */
  private serveAgain(job: Job): Promise<void> {
    const served = this.answers.serveFromMemory(job);
    if (served !== null) return served;
    const { exchange, trace, account } = job;
    const planned = this.prepare(exchange, trace, account);
    return planned.ok ? this.answers.serve(planned.value) : this.turnDown(exchange, trace, planned.error);
  }

  /** What every request for a model passes, in this order. */
  private async pass(
    exchange: Exchange,
    admit: (job: Job) => ReturnType<LimitStage['admit']>,
    serve: (job: Job) => Promise<void>,
  ): Promise<void> {
    const trace = new RequestTrace(exchange, this.clock);
    trace.noteStage('auth', 0, exchange.authMs, this.spanIds(exchange));
    const account = new RequestAccount();
    let answered = exchange;
    try {
      const job = this.again(exchange, trace, account) ?? this.prepare(exchange, trace, account);
      if (!job.ok) await this.turnDown(exchange, trace, await this.counted(exchange, trace, job.error));
      else {
        answered = job.value.exchange; // a guard may have put a reply of its own before the client's
        const admitted = admit(job.value);
        const refusal = admitted instanceof Promise ? await admitted : admitted;
        if (refusal) await this.turnDown(answered, trace, refusal);
        else await serve(job.value);
      }
    } catch (thrown) {
      const error = toRelayError(thrown);
      if (error.code === 'internal_error')
        this.logger.error({ requestId: exchange.requestId, err: error.cause }, 'request failed');
      await this.turnDown(answered, trace, error);
    } finally {
      account.end(trace);
    }
  }

  /** What was paid for it stands in its trace, also where it was answered by its provider's batch and is refused now. */
  private async turnDown(exchange: Exchange, trace: RequestTrace, error: RelayError): Promise<void> {
    if (exchange.elsewhere) await this.elsewhere.settle(exchange, trace);
    this.reply.error(exchange, trace, error);
  }

  /**
   * What a request is told that is refused before it has a plan: it counts like any other, and where a limit is used up it is told that.
   * Lines of batches are not counted: they were ordered by one that was, and would wait for room only to be refused.
   */
  private async counted({ principal }: DoorExchange, trace: RequestTrace, error: RelayError): Promise<RelayError> {
    if (principal === null || !trace.cameThroughDoor) return error;
    return (await this.limits.admitUnplanned(principal, trace)) ?? error;
  }

  /** Why a request of this caller shall not even be read: a flood, and no time for it. Null: go on. */
  turnsAway({ keyId }: Principal): RelayError | null {
    return this.door.refusal(keyId);
  }

  /** Counts a request that no model answers, or not at once, for the limits of its tenant and its key. Null: go on. */
  admits(exchange: DoorExchange): ReturnType<LimitStage['admit']> {
    return this.limits.admitAtDoor(exchange);
  }

  /** Replies to a request that was turned away at the door, and records it. */
  refuse(exchange: DoorExchange, error: RelayError): void {
    this.reply.error(exchange, this.traceAtDoor(exchange), error);
  }

  /** The same of a request for a model that was let in and not counted yet. Never rejects. */
  async refuseCounted(exchange: DoorExchange, error: RelayError): Promise<void> {
    const trace = this.traceAtDoor(exchange);
    const told = await this.counted(exchange, trace, error).catch(toRelayError);
    this.reply.error(exchange, trace, told);
  }

  /** Replies with a JSON value that needs no plan and no upstream, and records it. */
  answer(exchange: DoorExchange, value: object): void {
    this.reply.value(exchange, this.traceAtDoor(exchange), value);
  }

  /** Replies with bytes that are kept here, and records it. Never rejects; `gone` says that the client has left. */
  answerBytes(exchange: DoorExchange, content: KeptBytes, gone: CancelSignal): Promise<void> {
    return this.reply.bytes(exchange, this.traceAtDoor(exchange), content, gone);
  }

  private traceAtDoor(exchange: DoorExchange): RequestTrace {
    const trace = new RequestTrace(exchange, this.clock);
    trace.rates = exchange.rates ?? null;
    return trace;
  }

  /** Where the request is found in the tracing system, if it is told there. */
  private spanIds({ traceId, headers: { traceparent, tracestate } }: Exchange) {
    return this.telemetry.idsOf({ traceId, traceparent, tracestate });
  }

  /** What is the same to the byte as a request of a moment ago is not read and planned anew; null: it is not. */
  private again(exchange: Exchange, trace: RequestTrace, account: RequestAccount): Result<Job, RelayError> | null {
    const at = trace.elapsed();
    const repeat = this.repeats.find(exchange);
    if (repeat === null) return null;
    const { asked, request, planned, tags } = repeat.known;
    trace.model = request.model;
    trace.stream = request.stream === true;
    trace.tags = tags;
    trace.planned(planned);
    trace.stage('repeat', at);
    return ok(jobOf({ exchange, asked, request }, trace, planned, account, this.repeats.policyState, repeat));
  }

  private prepare(exchange: Exchange, trace: RequestTrace, account: RequestAccount): Result<Job, RelayError> {
    let at = trace.elapsed();
    const parsed = parseRequest(exchange.operation, exchange.body, exchange.headers['content-type']);
    at = trace.stage('parse', at);
    if (!parsed.ok) return parsed;
    const { asked, request } = parsed.value;
    trace.model = request.model;
    trace.stream = request.stream === true;
    const headers = parsePlanHeaders(exchange.headers);
    if (!headers.ok) return headers;
    trace.tags = headers.value.tags;
    const input: PlanInput = {
      operation: exchange.operation,
      body: request,
      bodyBytes: exchange.body.length,
      headers: headers.value,
      principal: exchange.principal,
      at: exchange.elsewhere?.answer?.askedAt ?? exchange.receivedAt,
      seed: seedOf(exchange.elsewhere?.answer?.seedId ?? exchange.traceId),
      isAnswered: isAnswered(exchange),
    };
    const { policyState } = this.repeats;
    const planned = this.policy.plan(input);
    trace.stage('plan', at);
    if (!planned.ok) {
      trace.refusedBy = this.policy.labelFor(input);
      return err(planned.error);
    }
    trace.planned(planned.value);
    const guarded = this.guards.apply({ exchange, asked, request }, planned.value, trace);
    if (!guarded.ok) return guarded;
    const job = jobOf(guarded.value, trace, planned.value, account, policyState, null);
    const { internal } = exchange;
    return internal === undefined ? ok(job) : internalPlan(job, internal, this.config.current.providers);
  }
}

/** Member by member: to spread an object that gets more of them takes 2.5 µs (Node 20.20). */
const jobOf = (
  { exchange, asked, request }: GuardedRequest,
  trace: RequestTrace,
  planned: Planned,
  account: RequestAccount,
  policyState: number,
  repeat: Repeat | null,
): Job => ({ exchange, asked, request, trace, planned, account, policyState, repeat });

/** Its answer is here and paid for: limits come too late, and nobody is called. */
const isAnswered = ({ elsewhere }: Exchange): boolean => elsewhere !== undefined && elsewhere.answer !== null;
