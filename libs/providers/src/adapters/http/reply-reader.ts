import type { Clock } from '@relay/core';
import type { ChatDialect, Usage } from '@relay/protocols';
import type { Dispatcher } from 'undici';
import type { UpstreamFailure } from '../../domain/upstream-failure';

/** What all calls to one provider share. */
export interface CallContext {
  readonly providerId: string;
  readonly dialect: ChatDialect;
  readonly clock: Clock;
  readonly timeouts: { readonly headersMs: number; readonly idleMs: number; readonly streamMs: number };
  /** Never to be seen in a message. */
  readonly secrets: readonly string[];
  /** True while a connection that was just made hands its first request over. */
  isFreshConnection(): boolean;
}

export interface ReplyHead {
  readonly status: number;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly retryAfterMs: number | null;
}

/** How a reply ended. */
export type Verdict =
  | {
      readonly kind: 'complete';
      readonly body: Buffer;
      readonly tail: Buffer;
      readonly usage: Usage | null;
      readonly finishReason: string | null;
    }
  | { readonly kind: 'fail'; readonly failure: UpstreamFailure };

export const failed = (failure: UpstreamFailure): Verdict => ({ kind: 'fail', failure });

export const NO_BYTES: Buffer = Buffer.alloc(0);

/** Reads the body of one reply: a whole answer, a stream or a refusal. A verdict ends the call. */
export interface ReplyReader {
  /** Something of the answer itself has come. */
  readonly contentSeen: boolean;
  /** Frames were handed to the caller. */
  readonly started: boolean;
  readonly usage: Usage | null;
  data(chunk: Buffer, controller: Dispatcher.DispatchController): Verdict | null;
  /** The body ended properly. Does not reject. */
  end(): Verdict | Promise<Verdict>;
  /** The connection broke; null if what came before decides nothing. */
  broken(): Verdict | null;
}
