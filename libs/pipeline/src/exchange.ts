import type { IncomingHttpHeaders } from 'node:http';
import type { TeeReply } from './once/tee-reply';
import type { Operation } from '@relay/contracts';
import type { CancelSignal, Principal } from '@relay/core';
import type { RateStanding } from '@relay/scheduler';
import type { Elsewhere } from './elsewhere/elsewhere';
import type { Reply } from './reply';

export type { Reply } from './reply';

/** One request on its way through the pipeline. */
export interface Exchange {
  /** What the route is for. */
  readonly operation: Operation;
  readonly endpoint: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly receivedAt: number; // ms since the epoch
  readonly startedAt: number; // monotonic ms
  readonly authMs: number; // what authentication took
  readonly principal: Principal;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer; // as received, decompressed
  readonly signal: CancelSignal; // aborted when the client has left or the relay stops
  readonly reply: Reply;
  /** It came over a client's own connection. */
  readonly fromDoor?: boolean;
  /** A copy of what the client gets, where that may have to be given again: the outermost reply there is. */
  readonly tee?: TeeReply | undefined;
  /** Asked by the relay itself; absent of what clients ask. */
  readonly internal?: InternalOrigin;
  /** Nobody waits for it, and its provider's own batch may answer it. */
  readonly elsewhere?: Elsewhere | undefined;
}

export interface InternalOrigin {
  readonly purpose: InternalPurpose;
  /** Where the words of the request that it is asked for may go; null: wherever its own plan says. */
  readonly within: DataBounds | null;
}

/** Null: anywhere. */
export interface DataBounds {
  readonly regions: readonly string[] | null;
  readonly providers: readonly string[] | null;
}

/** `warm`: ahead of need; `refresh`: an entry past its time; `recheck`: a hit that is asked again; `judge`, `verify`: a model's verdict on an answer. */
export type InternalPurpose = 'warm' | 'refresh' | 'recheck' | 'judge' | 'verify';

/** A request that is answered at the door, without a plan: refusals, lists. It gets a reply and a trace row all the same. */
export type DoorExchange = Omit<
  Exchange,
  'operation' | 'principal' | 'body' | 'signal' | 'authMs' | 'tee' | 'internal' | 'elsewhere'
> & {
  /** Null: a route that no model answers. */
  readonly operation: Operation | null;
  readonly principal: Principal | null;
  /** How its tenant and key stand with their rate limits, once it was counted for them. */
  rates?: RateStanding | null;
};
