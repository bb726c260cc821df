import type { ChatCompletionRequest, GenerativeOperation } from '@relay/contracts';
import type { RelayError, Result } from '@relay/core';
import type { z } from 'zod';
import type { ChatDialect } from './chat/chat-dialect';
import type { JsonObject } from './json/json-object';
import type { StreamGrammar } from './stream-grammar';
import type { Usage } from './usage';

/**
 * One way of asking for generated text, over HTTP: what its bodies, answers and streams mean. The relay reads every question as a chat
 * completion; the bytes go to a provider that speaks the same protocol as they came, and are translated for one that speaks only chat.
 */
export interface WireProtocol {
  readonly operation: GenerativeOperation;
  /** What the relay itself relies on in a body. It only checks: fields that it does not know pass. */
  readonly schema: z.ZodType;
  /** What a body holds, in a few words, for who sent none: `a JSON object with "model" and "messages"`. */
  readonly expected: string;
  /**
   * The question of a body that the schema accepts, as a chat completion: what policies, limits and estimates read, and what a provider is
   * sent that speaks only chat. Errors: `invalid_request` with the field as `param`, for what chat cannot say.
   */
  toChat(body: JsonObject): Result<ChatCompletionRequest, RelayError>;
  /**
   * What a body that the schema accepts asks for that chat cannot say, as `invalid_request` with the field as `param`; null: nothing. Asked
   * only where the answer has to come from a provider that speaks only chat. Absent: everything that `toChat` accepts can be said.
   */
  untranslatable?(body: JsonObject): RelayError | null;
  /** The top-level field of the body that caps the answer, in tokens. */
  capField(body: JsonObject): string;
  /** What a policy sets in the names of chat, as fields of this body. Absent: their names are the same. */
  overrides?(set: JsonObject, body: JsonObject): JsonObject;
  /**
   * Headers of the client that change what is asked, in lower case: they go to a provider that speaks this protocol, and count when answers
   * are kept. Absent: none do.
   */
  readonly meaningfulHeaders?: readonly string[];
  /** How to read a stream as it passes. The dialect is that of the provider, where providers of one protocol differ. */
  grammar(dialect: ChatDialect): StreamGrammar;
  /** What a whole answer tells; null if it is none. `finishReason` in the protocol's own words. */
  readAnswer(answer: JsonObject, dialect: ChatDialect): AnswerFacts | null;
  /** A whole answer as a chat completion: what cascades, signals and token counts read. */
  answerToChat(answer: JsonObject): JsonObject;
  /** Gathers a stream. `maxBytes`: most that is held of it; a longer one is given up. */
  assembler(maxBytes: number): AnswerAssembler;
  /**
   * A whole answer as the frames of a stream that says the same; at least one, and nobody has a complete answer before the last. `asked`:
   * the body of the request. `inPieces`: texts in pieces of about a token, to be sent at a pace; otherwise as few frames as will do.
   */
  replay(answer: Buffer, asked: JsonObject, inPieces: boolean): Buffer[];
  /** From the answers of a provider that speaks only chat; null for chat itself. */
  readonly fromChat: ChatTranslation | null;
  /** An error as clients of this protocol know errors. */
  readonly errorBody: (error: RelayError) => object;
  /** The same inside a stream that has begun: whole frames. */
  readonly errorFrames: (error: RelayError) => string;
}

/** How the relay reads what is asked. */
export type RequestReading = Pick<WireProtocol, 'schema' | 'expected' | 'toChat'>;

/** Answers of chat, in another protocol. `asked`: the body that the client sent. */
export interface ChatTranslation {
  answer(chat: JsonObject, asked: JsonObject): JsonObject;
  stream(asked: JsonObject): ChatStreamTranslator;
}

/** One stream of chat chunks on its way into another protocol. */
export interface ChatStreamTranslator {
  /**
   * Frames of chat, as they come: one too long to hold comes in several pieces, so it takes a reader of events. Gives whole frames of the other
   * protocol, perhaps none. Errors: `upstream_error` for an event of more than `MAX_EVENT_BYTES`.
   */
  push(frames: Buffer): Buffer;
  /** The end of a stream that was complete: the last frames of chat (usage, `[DONE]`); gives the last frames of the other protocol. */
  end(tail: Buffer): Buffer;
}

export interface AnswerFacts {
  readonly usage: Usage | null;
  /** Null while it is not said how it ended. */
  readonly finishReason: string | null;
}

/** Gathers the frames of one stream. Nothing is parsed before somebody asks. */
export interface AnswerAssembler {
  push(frames: Buffer): void;
  /** What was said so far, also of a stream that was cut off; null if it was too large. Call before `finish`. */
  said(): string | null;
  /**
   * The whole answer as JSON, as the protocol has it without streaming; undefined if the stream has no proper end, held an error, was too
   * large or was not understood. `usage` is used where the stream itself has none. Call once.
   */
  finish(usage?: Usage | null): Buffer | undefined;
}
