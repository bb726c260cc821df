import type { JsonObject } from './json/json-object';
import type { Usage } from './usage';

/** What is known of a stream so far. */
export interface StreamFacts {
  readonly usage: Usage | null;
  /** Of the answer, in the protocol's own words; null while nothing has ended. */
  readonly finishReason: string | null;
}

/** What one frame tells. */
export interface FrameFacts extends StreamFacts {
  /** Text, reasoning, a refusal, a tool call: something of the answer itself. Life signs and announcements are none. */
  readonly hasContent: boolean;
  /** The stream is complete with this frame. */
  readonly isEnd: boolean;
  /** It says nothing but usage, which is only for who asked for it. */
  readonly isUsageOnly: boolean;
  /** The upstream reports a failure; as OpenAI has it: `{ error: { message, type?, code? } }`. */
  readonly error: JsonObject | null;
}

export interface LongFrameFacts extends StreamFacts {
  readonly isEnd: boolean;
  /** As in `FrameFacts`; absent: none. */
  readonly error?: JsonObject;
}

/** How a protocol's streams are read. Stateless: what is known goes in, what is known comes out. */
export interface StreamGrammar {
  /** Bytes, as Latin-1, that call for a look at the JSON once content has come: usage, errors, ends. */
  readonly notable: RegExp;
  /** Whether a stream whose body ended properly after a finish reason is complete, though its last frame never came. */
  readonly mayLackEnd: boolean;
  /** The data of one frame; null if it is not understood, which is the client's to judge. */
  read(data: string, known: StreamFacts): FrameFacts | null;
  /** Whether a frame too long to hold is nothing of the answer itself, from its first bytes. Absent: one that long always is. */
  announces?(head: Buffer): boolean;
  /** What can be told of a frame too long to hold, from its first and its last bytes. */
  readLong(head: Buffer, tail: Buffer, known: StreamFacts): LongFrameFacts;
}
