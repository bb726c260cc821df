import { assembleCompletion } from './assemble-completion';
import { jsonObjects, type JsonObject } from './json-object';
import { readSseData } from './sse-data';

/** Token counts known from elsewhere, for streams whose usage chunk was taken out. */
export interface KnownUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** Gathers the frames of one stream and makes a `chat.completion` of them. Nothing is parsed until the stream has ended. */
export class StreamAssembler {
  private frames: Buffer[] = [];
  private bytes = 0;
  private overflowed = false;

  /** `maxBytes`: most that is held of one stream, as received; a longer stream is given up. */
  constructor(private readonly maxBytes: number) {}

  push(frames: Buffer): void {
    if (this.overflowed) return;
    this.bytes += frames.length;
    if (this.bytes > this.maxBytes) {
      this.overflowed = true;
      this.frames = [];
    } else this.frames.push(frames);
  }

  /** The deltas of all choices so far, also of a stream that was cut off; `undefined` if it was too large. Call before `finish`. */
  deltas(): JsonObject[] | undefined {
    if (this.overflowed) return undefined;
    const { payloads } = readSseData(Buffer.concat(this.frames, this.bytes).toString());
    const chunks = jsonObjects(payloads.flatMap((payload) => parseChunks([payload]) ?? []));
    return chunks.flatMap((chunk) => jsonObjects(jsonObjects(chunk['choices']).map((choice) => choice['delta'])));
  }

  /**
   * The complete `chat.completion` as JSON, or `undefined` if the stream did not reach `[DONE]`, held an error, was too large or was
   * not understood. `usage` is used where the stream itself has none. Call once.
   */
  finish(usage?: KnownUsage | null): Buffer | undefined {
    if (this.overflowed || this.frames.length === 0) return undefined;
    const { payloads, done, failed } = readSseData(Buffer.concat(this.frames, this.bytes).toString());
    this.frames = [];
    const chunks = done && !failed ? parseChunks(payloads) : undefined;
    const completion = chunks && assembleCompletion(chunks);
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

function toOpenAiUsage(usage: KnownUsage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}
