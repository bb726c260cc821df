import { Inject, Injectable } from '@nestjs/common';
import { Principals } from '@relay/auth';
import { responseOf, type BatchTask, type LeasedLine, type LineAnswer, type LineUsage } from '@relay/batches';
import { BATCH_ENDPOINTS, HEADERS } from '@relay/contracts';
import { CLOCK, type CancelSignal, type Clock, type Principal } from '@relay/core';
import { DeferredRequests, type DeferredReply } from '@relay/pipeline';
import { readUsage } from '@relay/protocols';
import { waitFor } from './wait-for';

/** As long as any request may take (docs/policy.md); a line that has waited for so long is asked again. */
const MAX_DEADLINE_MS = 3_600_000;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** Lines that were refused together do not come again together. */
const SPREAD_STEPS = 16;
/** "Not now" is no answer: there is time. */
const NOT_NOW: ReadonlySet<number> = new Set([429, 503]);
const TIMED_OUT = 504;

/** Asks one line as its tenant, until it is answered. */
@Injectable()
export class LineAsker {
  private refusals = 0;

  constructor(
    private readonly deferred: DeferredRequests,
    private readonly principals: Principals,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How often a line was told to come again, since the start of the process. */
  get putOff(): number {
    return this.refusals;
  }

  /** Null: the signal ended it, or the completion window did. Rejects when the database is away. */
  async ask(task: BatchTask, line: LeasedLine, signal: CancelSignal): Promise<LineAnswer | null> {
    for (let tries = 0; !signal.aborted && this.leftMs(task) > 0; tries++) {
      const principal = await this.principals.byKeyId(task.keyId, task.tenantId);
      if (!principal)
        return refused(line, 'invalid_api_key', 'The API key that ordered the batch is not valid any more.');
      const reply = await this.askOnce(principal, task, line, signal);
      if (reply === null) return null;
      if (reply.status === TIMED_OUT && this.leftMs(task) <= 0) return null;
      if (!NOT_NOW.has(reply.status)) return answerOf(line, reply);
      this.refusals++;
      await waitFor(this.clock, Math.min(pauseMs(reply, tries, line.index), this.leftMs(task)), signal);
    }
    return null;
  }

  private async askOnce(
    principal: Principal,
    { id, endpoint, expiresAt }: BatchTask,
    { request }: LeasedLine,
    signal: CancelSignal,
  ): Promise<DeferredReply | null> {
    const deadlineMs = Math.max(1, Math.min(MAX_DEADLINE_MS, expiresAt - this.clock.now()));
    const headers = {
      [HEADERS.priority]: 'batch',
      [HEADERS.deadlineMs]: String(Math.floor(deadlineMs)),
      [HEADERS.tags]: `batch:${id}`,
    };
    const operation = BATCH_ENDPOINTS[endpoint];
    const reply = await this.deferred.run({ principal, operation, body: request, headers, endpoint, signal });
    return reply.ok ? reply.value : null;
  }

  private leftMs({ expiresAt }: BatchTask): number {
    return expiresAt - this.clock.now();
  }
}

/** What Retry-After says, or longer each time; a little more for some lines than for others. */
function pauseMs({ headers }: DeferredReply, tries: number, index: number): number {
  const toldMs = Number(headers.get('retry-after') ?? NaN) * 1_000;
  const ms = toldMs > 0 ? toldMs : FIRST_BACKOFF_MS * 2 ** Math.min(tries, 6);
  return Math.min(ms, MAX_BACKOFF_MS) * (1 + (index % SPREAD_STEPS) / (2 * SPREAD_STEPS));
}

function answerOf({ index }: LeasedLine, { status, requestId, body }: DeferredReply): LineAnswer {
  const outcome = status >= 200 && status <= 299 ? 'completed' : 'failed';
  return { index, outcome, response: responseOf(status, requestId, body), error: null, usage: usageOf(body) };
}

const refused = ({ index }: LeasedLine, code: string, message: string): LineAnswer => ({
  ...{ index, outcome: 'failed', response: null, error: { code, message }, usage: null },
});

function usageOf(body: Buffer): LineUsage | null {
  try {
    const usage = readUsage((JSON.parse(body.toString('utf8')) as { usage?: unknown } | null)?.usage);
    return usage && [usage.inputTokens, usage.cachedInputTokens, usage.outputTokens, usage.reasoningTokens];
  } catch {
    return null; // no JSON counts nothing
  }
}
