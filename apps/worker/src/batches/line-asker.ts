import { Inject, Injectable } from '@nestjs/common';
import { Principals } from '@relay/auth';
import { responseOf, type BatchTask, type LeasedLine, type LineAnswer, type LineUsage } from '@relay/batches';
import { BATCH_ENDPOINTS, HEADERS, type BatchEndpoint } from '@relay/contracts';
import { CLOCK, type CancelSignal, type Clock, type Principal } from '@relay/core';
import { DeferredRequests, type DeferredReply, type DeferredRequest } from '@relay/pipeline';
import { isJsonObject, openaiDialect, parseObject, readAnswer } from '@relay/protocols';
import { LineBody } from './line-body';
import type { OffloadedLine } from './offload/offloaded-line';
import { isFinal, LineRefusals } from './line-refusals';

/** As long as any request may take (docs/policy.md); a line that has waited for so long is asked again. */
const MAX_DEADLINE_MS = 3_600_000;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** Until then a provider's batch may have answered some of what a budget has no room beside. */
const LATER_MS = 60_000;
/** Lines that were refused together do not come again together. */
const SPREAD_STEPS = 16;
/** "Not now" is no answer: there is time. */
const NOT_NOW: ReadonlySet<number> = new Set([429, 503]);
const TIMED_OUT = 504;

/** A line was told to come again, after so long. */
export interface PutOff {
  readonly afterMs: number;
}

/** Asks one line as its tenant. */
@Injectable()
export class LineAsker {
  private readonly refusals = new LineRefusals();
  private refused = 0;

  constructor(
    private readonly deferred: DeferredRequests,
    private readonly principals: Principals,
    private readonly bodies: LineBody,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How often a line was told to come again, since the start of the process. */
  get putOff(): number {
    return this.refused;
  }

  /**
   * Null: the signal ended it, or the completion window did, or its provider's own batch has to do with it: see `unanswered` there. Rejects
   * when the database is away.
   */
  async ask(
    task: BatchTask,
    line: LeasedLine,
    signal: CancelSignal,
    offloaded: OffloadedLine | null = null,
  ): Promise<LineAnswer | PutOff | null> {
    // With an answer in its hand it passes the gate as it is, where that is charged.
    const isPaid = (offloaded?.answer ?? null) !== null;
    if (signal.aborted || (this.leftMs(task) <= 0 && !isPaid)) return null;
    const principal = await this.principals.byKeyId(task.keyId, task.tenantId);
    if (!principal)
      return refused(line, 'invalid_api_key', 'The API key that ordered the batch is not valid any more.');
    const body = await this.bodies.toAsk(task, line);
    if (!body.ok && !isPaid) return refused(line, body.error.code, body.error.message);
    const reply = await this.askOnce(principal, task, body.ok ? body.value : line.request, {
      signal,
      ...(offloaded && { elsewhere: offloaded }),
    });
    const unanswered = offloaded?.unanswered ?? null;
    if (unanswered?.why === 'fault') throw unanswered.error;
    if (unanswered?.why === 'later') return this.putOffBy(Math.min(LATER_MS, this.leftMs(task)));
    if (reply === null || unanswered) return null;
    if (!body.ok) return refused(line, body.error.code, body.error.message);
    if (reply.status === TIMED_OUT && this.leftMs(task) <= 0) return null;
    return this.pauseOf(task, line, reply) ?? answerOf(task, line, reply);
  }

  /** Null: it was answered. */
  private pauseOf(task: BatchTask, { index }: LeasedLine, reply: DeferredReply): PutOff | null {
    const line = { batchId: task.id, index };
    const now = this.clock.monotonic();
    const refusal = NOT_NOW.has(reply.status) ? this.refusals.note(line, codeOf(reply), now) : null;
    if (refusal === null || isFinal(refusal, now)) {
      this.refusals.forget(line);
      return null;
    }
    return this.putOffBy(Math.min(pauseMs(reply, refusal.tries - 1, index), this.leftMs(task)));
  }

  private putOffBy(ms: number): PutOff {
    this.refused++;
    return { afterMs: Math.max(1, ms) };
  }

  private async askOnce(
    principal: Principal,
    { id, endpoint, expiresAt, headers: ordered }: BatchTask,
    body: Buffer,
    how: Pick<DeferredRequest, 'signal' | 'elsewhere'>,
  ): Promise<DeferredReply | null> {
    const deadlineMs = Math.max(1, Math.min(MAX_DEADLINE_MS, expiresAt - this.clock.now()));
    const headers = {
      ...ordered,
      [HEADERS.priority]: 'batch',
      [HEADERS.deadlineMs]: String(Math.floor(deadlineMs)),
      [HEADERS.tags]: [ordered[HEADERS.tags], `batch:${id}`].filter(Boolean).join(),
    };
    const operation = BATCH_ENDPOINTS[endpoint];
    const reply = await this.deferred.run({ principal, operation, body, headers, endpoint, ...how });
    return reply.ok ? reply.value : null;
  }

  private leftMs({ expiresAt }: BatchTask): number {
    return expiresAt - this.clock.now();
  }
}

/** What limits or fails, by its code. */
function codeOf({ status, body }: DeferredReply): string {
  const error = parseObject(body.toString('utf8'))?.['error'];
  const code = isJsonObject(error) ? error['code'] : null;
  return typeof code === 'string' ? code : String(status);
}

/** What Retry-After says, or longer each time; a little more for some lines than for others. */
function pauseMs({ headers }: DeferredReply, tries: number, index: number): number {
  const toldMs = Number(headers.get('retry-after') ?? NaN) * 1_000;
  const ms = toldMs > 0 ? toldMs : FIRST_BACKOFF_MS * 2 ** Math.min(tries, 6);
  return Math.min(ms, MAX_BACKOFF_MS) * (1 + (index % SPREAD_STEPS) / (2 * SPREAD_STEPS));
}

function answerOf({ endpoint }: BatchTask, { index }: LeasedLine, reply: DeferredReply): LineAnswer {
  const { status, requestId, body } = reply;
  const outcome = status >= 200 && status <= 299 ? 'completed' : 'failed';
  return { index, outcome, response: responseOf(status, requestId, body), error: null, usage: usageOf(endpoint, body) };
}

const refused = ({ index }: LeasedLine, code: string, message: string): LineAnswer => ({
  ...{ index, outcome: 'failed', response: null, error: { code, message }, usage: null },
});

/** Protocols count differently what is read from a cache. */
function usageOf(endpoint: BatchEndpoint, body: Buffer): LineUsage | null {
  const answer = parseObject(body.toString('utf8'));
  const usage = answer && readAnswer(BATCH_ENDPOINTS[endpoint], answer, openaiDialect)?.usage;
  return usage ? [usage.inputTokens, usage.cachedInputTokens, usage.outputTokens, usage.reasoningTokens] : null;
}
