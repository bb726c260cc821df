import { ByteLog } from '@relay/core';
import { saidText } from '@relay/prompt';
import { jsonObjects, type JsonObject } from '../json/json-object';
import { readSseData } from '../sse/sse-data';
import type { Usage } from '../usage';
import type { AnswerAssembler } from '../wire-protocol';
import { assembleCompletion } from './assemble-completion';
import { joinPieces } from './join-pieces';

/** What the chunks of a stream amount to, where choices come in pieces. */
export interface AssembledChunks {
  /** What one piece of a choice says. */
  saidIn(choice: JsonObject): string;
  /** The whole answer; undefined if a chunk is an error or not understood, or a choice lacks its end. */
  assemble(chunks: readonly unknown[]): JsonObject | undefined;
}

const CHAT_CHUNKS: AssembledChunks = { saidIn: ({ delta }) => saidText(delta), assemble: assembleCompletion };

/** Gathers the frames of one stream and makes a completion of them: of chat, unless other chunks are named. Nothing is parsed until the stream has ended. */
export class StreamAssembler implements AnswerAssembler {
  private frames = new ByteLog();
  private overflowed = false;

  /** `maxBytes`: most that is held of one stream, as received; a longer stream is given up. */
  constructor(
    private readonly maxBytes: number,
    private readonly chunks: AssembledChunks = CHAT_CHUNKS,
  ) {}

  push(frames: Buffer): void {
    if (this.overflowed) return;
    if (this.frames.length + frames.length > this.maxBytes) {
      this.overflowed = true;
      this.frames = new ByteLog();
    } else this.frames.push(frames);
  }

  said(): string | null {
    if (this.overflowed) return null;
    const { payloads } = readSseData(this.frames.toString());
    const chunks = jsonObjects(payloads.flatMap((payload) => parseChunks([payload]) ?? []));
    const choices = chunks.flatMap((chunk) => jsonObjects(chunk['choices']));
    return choices.map((choice) => this.chunks.saidIn(choice)).join('');
  }

  /**
   * The complete answer as JSON, or `undefined` if the stream did not reach `[DONE]`, held an error, was too large or was
   * not understood. `usage` is used where the stream itself has none. Call once.
   */
  finish(usage?: Usage | null): Buffer | undefined {
    if (this.overflowed || this.frames.length === 0) return undefined;
    const { payloads, done, failed } = readSseData(this.frames.toString());
    this.frames = new ByteLog();
    const chunks = done && !failed ? parseChunks(joinPieces(payloads)) : undefined;
    const completion = chunks && this.chunks.assemble(chunks);
    if (completion === undefined) return undefined;
    if (usage) completion['usage'] ??= toOpenAiUsage(usage);
    return Buffer.from(JSON.stringify(completion));
  }
}

/** One parse over all chunks is cheaper than one for each. */
function parseChunks(payloads: readonly string[]): unknown[] | undefined {
  try {
    const chunks: unknown = JSON.parse(`[${payloads.join(',')}]`);
    return Array.isArray(chunks) ? chunks : undefined;
  } catch {
    return undefined; // malformed chunk: the client got it as it was, the cache does not want it
  }
}

function toOpenAiUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}
