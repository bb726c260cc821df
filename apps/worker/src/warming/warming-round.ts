import type { WarmingNext, WarmingStep } from '@relay/cache';
import { Cancellation, type CancelSignal, type RelayError, type Result, storable } from '@relay/core';
import type { InternalReply } from '@relay/pipeline';
import { z } from 'zod';
import type { RequestBody } from './distinct-bodies';

/** Requests of one warming that are asked at a time. */
const LANES = 4;
/** Whatever keeps so many in a row from being answered will not be over with the next one. */
const MAX_FAILURES_IN_A_ROW = 20;
const MAX_REASON_CHARS = 500;
const MAX_ERROR_CHARS = 300;
/** Of x-relay-cache: the answer came from a call just now, and may have been kept or not. */
const FRESH: ReadonlySet<string> = new Set(['miss', 'coalesced']);
const NOT_KEPT: Failure = { code: 'not_kept', message: 'it was answered, but the answer was not kept' };
const NOT_CACHED: Failure = { code: 'not_cached', message: 'the policy does not cache this request' };

/** Why a request is not in the cache. */
interface Failure {
  readonly code: string;
  readonly message: string;
}

type AskedReply = Pick<InternalReply, 'status' | 'cache' | 'costUsd' | 'body'>;

export interface WarmingParts {
  ask(body: RequestBody, signal: CancelSignal): Promise<Result<AskedReply, RelayError>>;
  /** Whether the cache answers it now. */
  finds(body: RequestBody, signal: CancelSignal): Promise<boolean>;
  /** Notes one request; rejects when that is not possible. */
  note(step: WarmingStep): Promise<WarmingNext>;
}

/** `turn`: there is more to ask; `interrupted`: to be begun anew; `cancelled`: somebody has ended it already. */
export type WarmingEnd =
  | { readonly kind: 'done' | 'failed'; readonly reason: string | null }
  | { readonly kind: 'turn'; readonly failedInARow: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'cancelled' };

export const SPENT: WarmingEnd = { kind: 'done', reason: 'maxUsd is spent' };

/** Others are to have their turn; asked before each request. */
export interface WarmingTurn {
  readonly asked: number; // in the turns before
  readonly failedInARow: number; // of the turn before
  isOver(): boolean;
}
const ALL_AT_ONCE: WarmingTurn = { asked: 0, failedInARow: 0, isOver: () => false };

/** Asks the bodies of one warming in their order, a few at a time, until all are answered or something ends it. */
export class WarmingRound {
  private next = 0;
  private failuresInARow: number;
  private isTurnOver = false;
  private end: WarmingEnd | null = null;
  private readonly givenUp = new Cancellation();

  constructor(
    private readonly bodies: readonly RequestBody[],
    private readonly parts: WarmingParts,
    private readonly turn = ALL_AT_ONCE,
  ) {
    this.failuresInARow = turn.failedInARow;
  }

  /** Rejects with what `note` rejected with, when nothing is being asked any more. */
  async run(): Promise<WarmingEnd> {
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => this.lane()));
    const broken = lanes.find((lane) => lane.status === 'rejected');
    if (broken) throw broken.reason;
    if (this.end === null && this.isTurnOver) return { kind: 'turn', failedInARow: this.failuresInARow };
    return this.end ?? { kind: 'done', reason: null };
  }

  /** Gives up what is being asked right now. */
  interrupt(): void {
    this.finish({ kind: 'interrupted' });
  }

  private async lane(): Promise<void> {
    try {
      for (let at = this.take(); at !== null; at = this.take()) await this.askOne(this.bodies[at] ?? {}, at);
    } catch (error) {
      this.interrupt();
      throw error;
    }
  }

  private take(): number | null {
    if (this.end !== null || this.next >= this.bodies.length) return null;
    this.isTurnOver ||= this.turn.isOver();
    return this.isTurnOver ? null : this.next++;
  }

  private async askOne(body: RequestBody, at: number): Promise<void> {
    const reply = await this.parts.ask(body, this.givenUp);
    const failure = failureOf(reply) ?? (await this.whyNotKept(body, reply));
    if (this.givenUp.aborted) return this.noteGivenUp(reply);
    const next = await this.parts.note(stepOf(reply, failure, this.turn.asked + at + 1));
    this.failuresInARow = failure === null ? 0 : this.failuresInARow + 1;
    if (next === 'cancelled') this.finish({ kind: 'cancelled' });
    else if (next === 'spent') this.finish(SPENT);
    else if (this.failuresInARow >= MAX_FAILURES_IN_A_ROW) this.finish(hopeless(failure?.message ?? ''));
  }

  /** Null: it is in the cache. Fallbacks, for one, are answers that are not kept, and nothing in the reply says so. */
  private async whyNotKept(body: RequestBody, reply: Result<AskedReply, RelayError>): Promise<Failure | null> {
    if (!reply.ok || !FRESH.has(reply.value.cache) || this.givenUp.aborted) return null;
    return (await this.parts.finds(body, this.givenUp)) ? null : NOT_KEPT;
  }

  /** It was paid for all the same, as far as that is known. */
  private async noteGivenUp(reply: Result<AskedReply, RelayError>): Promise<void> {
    const costUsd = costOf(reply);
    if (costUsd !== null) await this.parts.note({ outcome: 'given-up', costUsd });
  }

  /** What has been asked and is paid for is waited for, unless nobody wants it any more. */
  private finish(end: WarmingEnd): void {
    this.end ??= end;
    if (end.kind === 'interrupted' || end.kind === 'cancelled') this.givenUp.abort();
  }
}

/** Null: it was answered, by or for the cache. */
function failureOf(reply: Result<AskedReply, RelayError>): Failure | null {
  if (!reply.ok) return reply.error;
  const { status, cache, body } = reply.value;
  if (status < 200 || status > 299) return refusalOf(status, body.toString('utf8'));
  return cache === 'bypass' ? NOT_CACHED : null;
}

/** As the relay and its providers write errors; codes of theirs may be missing. */
const errorSchema = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) });

/** What a client would be told; where that is no error, all of it. */
function refusalOf(status: number, text: string): Failure {
  const { data } = errorSchema.safeParse(parsed(text));
  return { code: data?.error.code ?? `status_${status}`, message: `status ${status}: ${data?.error.message ?? text}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function stepOf(reply: Result<AskedReply, RelayError>, failure: Failure | null, request: number): WarmingStep {
  const costUsd = costOf(reply);
  if (failure !== null) {
    const error = { request, code: shortened(failure.code), message: shortened(failure.message) };
    return { outcome: 'failed', costUsd, error };
  }
  return { outcome: reply.ok && FRESH.has(reply.value.cache) ? 'stored' : 'cached', costUsd };
}

const shortened = (text: string): string => storable(text.slice(0, MAX_ERROR_CHARS));

const costOf = (reply: Result<AskedReply, RelayError>): string | null => (reply.ok ? reply.value.costUsd : null);

const hopeless = (last: string): WarmingEnd => ({
  kind: 'failed',
  reason: storable(
    `${MAX_FAILURES_IN_A_ROW} requests in a row failed, the last with: ${last}`.slice(0, MAX_REASON_CHARS),
  ),
});
