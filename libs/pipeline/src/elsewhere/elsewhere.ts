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
 * A request that nobody waits for, and that may be answered by its provider's own batch: first it is taken, when it has passed everything that
 * comes before a call, and ends without reply and trace; later it comes again, with the answer, and goes the whole way.
 */
export interface Elsewhere {
  /** Null: it was not asked there. */
  readonly answer: ElsewhereAnswer | null;
  /** It was taken. */
  readonly taken: boolean;
  /** What the tenant has there already is expected to cost, USD. */
  outUsd(): Promise<number>;
  /** False: it cannot be kept, and is asked now. */
  take(asked: HandedOver): Promise<boolean>;
}
