import type { EmbedderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { hash } from 'node:crypto';
import { Agent, request } from 'undici';
import { BatchLine } from '../batch-line';
import type { Embedder, EmbedOptions, Vectors } from '../embedder.port';
import { readEmbeddings } from './read-embeddings';

type OpenaiConfig = Extract<EmbedderConfig, { kind: 'openai' }>;

/** Texts of one call; OpenAI takes 2,048, servers on a CPU are busy with a few. */
const MAX_BATCH = 32;
/** Texts that wait for a call. */
const MAX_WAITING = 256;
/** Calls at a time, one of them for the background. */
const MAX_CALLS = 4;
/** A call that takes longer has failed. In ms. */
const CALL_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Answers have at most so many bytes: 32 vectors of 4,000 numbers written out are about 3 MB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Of the hash of its address: enough to tell a few servers apart. */
const SERVER_DIGITS = 8;
/** The server finds something wrong with the texts, which need not be wrong with all of them. */
const TEXT_REFUSED = new Set([400, 413, 422]);

/** What the server said of a call; never with its text, which may quote the key. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(readonly status: number) {
    super(`the server of the embedder answered ${status}`);
  }
}

/** Any server with OpenAI's `POST /embeddings`. Texts that come while calls are under way go out together. */
export class OpenaiEmbedder implements Embedder {
  id: string | null;
  private readonly url: URL;
  private readonly server: string; // part of the id; tells neither address nor credentials
  private readonly agent = new Agent({
    connections: MAX_CALLS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  private readonly closing = new AbortController();
  private readonly line = new BatchLine<string>((texts) => this.callOrSplit(texts), {
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    parallel: MAX_CALLS,
    background: { maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING },
  });

  constructor(
    private readonly config: OpenaiConfig,
    private readonly clock: Clock,
  ) {
    this.url = new URL(config.baseUrl);
    this.url.pathname = `${this.url.pathname.replace(/\/+$/, '')}/embeddings`;
    this.server = hash('sha256', this.url.origin + this.url.pathname).slice(0, SERVER_DIGITS);
    this.id = config.dimensions === undefined ? null : this.idOf(config.dimensions);
  }

  get waiting(): number {
    return this.line.waiting;
  }

  embed(texts: readonly string[], options?: EmbedOptions): Promise<Vectors> {
    return this.line.embed(texts, options);
  }

  async close(): Promise<void> {
    const reason = new Error('the embedder was closed');
    this.line.close(reason);
    this.closing.abort(reason);
    await this.agent.destroy();
  }

  /** One text that the server refuses must not cost the others their vectors. */
  private async callOrSplit(texts: readonly string[]): Promise<Vectors> {
    try {
      return await this.call(texts);
    } catch (error) {
      if (!(error instanceof RefusedError) || !TEXT_REFUSED.has(error.status) || texts.length === 1) throw error;
    }
    const vectors: Vectors = [];
    for (const text of texts) vectors.push(await this.callForOne(text));
    return vectors;
  }

  private async callForOne(text: string): Promise<Float32Array | null> {
    try {
      const [vector] = await this.call([text]);
      return vector ?? null;
    } catch (error) {
      if (error instanceof RefusedError && TEXT_REFUSED.has(error.status)) return null;
      throw error;
    }
  }

  private async call(texts: readonly string[]): Promise<Float32Array[]> {
    const vectors = readEmbeddings(await this.post(texts), texts.length);
    const dimensions = vectors[0]?.length ?? 0;
    const { dimensions: wanted } = this.config;
    if (wanted !== undefined && wanted !== dimensions)
      throw new Error(`vectors of ${dimensions} dimensions came instead of ${wanted}`);
    this.id = this.idOf(dimensions);
    return vectors;
  }

  private async post(texts: readonly string[]): Promise<unknown> {
    const { model, dimensions, apiKey } = this.config;
    const late = new AbortController();
    const cancel = this.clock.after(CALL_TIMEOUT_MS, () =>
      late.abort(new Error('the server of the embedder is silent')),
    );
    try {
      const { statusCode, body } = await request(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify({ model, input: texts, dimensions, encoding_format: 'base64' }),
        dispatcher: this.agent,
        signal: AbortSignal.any([late.signal, this.closing.signal]),
      });
      if (statusCode === 200) return await body.json();
      await body.dump();
      throw new RefusedError(statusCode);
    } finally {
      cancel();
    }
  }

  /** The dimensions are part of it, as a server may change its model under the same name, and so is the server: names are not unique. */
  private idOf(dimensions: number): string {
    return `openai/${this.config.model}@${dimensions}/${this.server}`;
  }
}
