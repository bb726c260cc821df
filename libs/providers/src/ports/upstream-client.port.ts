import type { ProviderKind } from '@relay/config';
import type { Operation, ToldLimits } from '@relay/contracts';
import type { CancelSignal, RelayError } from '@relay/core';
import type { BodyPatch, JsonObject, Usage } from '@relay/protocols';
import type { Passthrough } from '../domain/upstream-failure';

export interface UpstreamRequest {
  /** What is asked for; one of the client's `operations`. */
  readonly operation: Operation;
  /** The name the provider knows. */
  readonly model: string;
  /** The client's body as it came. */
  readonly body: Buffer;
  /** Of the body, as the client sent it: a form has its boundary there. */
  readonly contentType: string;
  /** Of the client's headers those that change what is asked, names in lower case; what is configured stays. Absent: none do. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Top-level keys, or fields of a form, to change on the way; `undefined` removes one. The model is set anyway. */
  readonly patch: BodyPatch;
  readonly stream: boolean;
  /** The client set `stream_options.include_usage` itself. */
  readonly clientWantsUsage: boolean;
  readonly requestId: string;
  /** Relays that it came through before this one; absent: none. */
  readonly relaysBefore?: number;
  /** Headers of W3C Trace Context: below which span the call is. Absent or null: none are sent. */
  readonly traceContext?: Readonly<Record<string, string>> | null;
  /** One of several keys of the provider; absent: its own. */
  readonly apiKey?: string | undefined;
  /** Until the deadline: of the whole answer, of a stream for its first content. */
  readonly timeoutMs: number;
  /** Ends the call at once, at any stage; a `RelayError` as its reason becomes the outcome's error. */
  readonly signal: CancelSignal;
}

export interface UpstreamObserver {
  /** A 2xx head and the first byte of the body are here. */
  onFirstByte?(): void;
  /** Before the first of them: what comes of the stream are bytes of this type, and no SSE frames. */
  onBytesType?(contentType: string): void;
  /** What comes of a stream: whole SSE frames, or plain bytes, in the tick they came. False stops the reading until `resume` is called. */
  onFrames(frames: Buffer, resume: () => void): boolean;
}

export interface UpstreamCompleted {
  readonly kind: 'completed';
  readonly status: number;
  readonly contentType: string;
  /** The whole answer; empty for a stream. */
  readonly body: Buffer;
  /** Stream: the closing frames, which the caller sends when it has recorded the trace; empty otherwise. */
  readonly tail: Buffer;
  readonly usage: Usage | null;
  readonly finishReason: string | null;
  /** Null when a kept-alive connection was used. */
  readonly connectMs: number | null;
  /** Stream: until the first frame with content. Otherwise: until the first byte of the body. */
  readonly ttftMs: number;
  /** Until the answer was complete. */
  readonly totalMs: number;
  /** Null or absent where the provider said nothing of its rate limits. */
  readonly told?: ToldLimits | null;
  /** What of the request the provider could not be told, or only otherwise; absent: nothing. */
  readonly warnings?: readonly string[];
}

export interface UpstreamFailed {
  readonly kind: 'failed';
  readonly error: RelayError;
  /** Another target or attempt may help; never after frames were handed out. */
  readonly retryable: boolean;
  /** Frames were handed out already. */
  readonly started: boolean;
  readonly upstreamStatus: number | null;
  /** The upstream's own refusal, for the client to see as it is. */
  readonly passthrough: Passthrough | null;
  readonly retryAfterMs: number | null;
  readonly told?: ToldLimits | null;
  /** As far as it was told before the failure. */
  readonly usage: Usage | null;
}

export type UpstreamOutcome = UpstreamCompleted | UpstreamFailed;

/** The keys of one provider, as this process sees them; a key that is neither refused nor limited is in service. */
export interface KeyFigures {
  readonly total: number;
  /** Resting because the provider did not take them. */
  readonly refused: number;
  /** Resting because they were used up: by the provider's word, or by their own limits. */
  readonly limited: number;
  /** How often one went to rest since the start, by reason. */
  readonly rests: { readonly refused: number; readonly limited: number };
}

/** One provider. A refusal, a failure or an abort is an outcome: `call` does not reject. */
export interface UpstreamClient {
  readonly providerId: string;
  readonly kind: ProviderKind;
  /** Network round trip in ms, smoothed; null before the first connection, absent where there is no network. */
  readonly rttMs?: number | null | undefined;
  /** What the provider can be asked for. */
  readonly operations: ReadonlySet<Operation>;
  /** Why it cannot be asked just this: `invalid_request`; null: it can. Absent: it can be asked whatever its operations say. */
  readonly refusal?: ((operation: Operation, asked: JsonObject) => RelayError | null) | undefined;
  call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome>;
  /** How its keys do; absent where it has one or none. */
  readonly keys?: KeyFigures | undefined;
  /** Opens connections ahead of need, measured; absent where there are none. Gives what went wrong, for the log; does not reject. */
  readonly warm?: ((connections: number, signal: AbortSignal) => Promise<string | null>) | undefined;
  /** Takes no more calls and ends when those in flight have ended. */
  close(): Promise<void>;
}
