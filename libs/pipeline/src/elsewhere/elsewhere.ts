import type { Operation } from '@relay/contracts';

/** A request as its provider's own batch is to be asked it. */
export interface HandedOver {
  readonly provider: string;
  readonly model: string; // of the relay
  readonly upstreamModel: string;
  readonly operation: Operation;
  readonly body: Buffer;
  /** Of the body: the answer is only good for the same question. */
  readonly digest: string;
  readonly expectedUsd: number;
  /** What the plan was drawn with, and for when: the same request is planned again when the answer is here. */
  readonly seedId: string;
  readonly askedAt: number; // ms since the epoch
}

/** What became of it there. */
export interface ElsewhereAnswer extends Omit<HandedOver, 'body' | 'expectedUsd' | 'operation'> {
  /** The batch, as its provider names it. */
  readonly batch: string;
  readonly status: number;
  readonly body: Buffer;
  /** Its trace: the same one where it comes again because a worker died. */
  readonly traceId: string;
  readonly backAt: number; // ms since the epoch
}

/**
 * Why a request has no answer. `taken`: it waits for that of its provider's batch. `lost`: it is its owner's no more. `later`: a budget has
 * room for it, but not beside what is there already. `fault`: nobody knows whether it was taken. These end without reply and trace.
 * `set-aside`: what its provider's batch answered is none to what is to be asked now. Its trace says what that has cost; the reply counts for nothing.
 */
export type Unanswered =
  | { readonly why: 'taken' | 'lost' | 'later' | 'set-aside' }
  | { readonly why: 'fault'; readonly error: unknown };

/**
 * A request that nobody waits for, and that may be answered by its provider's own batch: first it is taken, when it has passed everything that
 * comes before a call; later it comes again, with the answer, and goes the whole way, but that nobody is called for it any more.
 */
export interface Elsewhere {
  /** Null: it was not asked there. */
  readonly answer: ElsewhereAnswer | null;
  /** Null until it has ended so; null as well where it got its reply. */
  unanswered: Unanswered | null;
  /** What the tenant has there already is expected to cost, USD. */
  outUsd(): Promise<number>;
  /** False: it is not its owner's any more. */
  take(asked: HandedOver): Promise<boolean>;
}
