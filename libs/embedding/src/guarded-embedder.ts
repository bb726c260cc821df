import type { Clock } from '@relay/core';
import { LineFullError } from './batch-line';
import type { Embedder } from './embedder.port';

/** An embedder that failed so many times in a row ... */
const MAX_FAILURES_IN_A_ROW = 3;
/** ... is left alone for so long. In ms. */
const PAUSE_MS = 1_000;

/** The embedder is left alone for a moment. */
export class EmbedderPausedError extends Error {
  override readonly name = 'EmbedderPausedError';
}

/** One embedder, asked once for equal texts that are wanted at the same time, and not at all for a moment when it keeps failing. */
export class GuardedEmbedder {
  private readonly inFlight = new Map<string, Promise<Float32Array | null>>(); // bounded by the embedder's line
  private closed = false;
  private failuresInARow = 0;
  private notBefore = Number.NEGATIVE_INFINITY; // monotonic ms

  constructor(
    readonly embedder: Embedder,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Rejects when the embedder fails, is paused, or has too many texts in line. */
  embed(text: string): Promise<Float32Array | null> {
    const shared = this.inFlight.get(text);
    if (shared) return shared;
    if (this.clock.monotonic() < this.notBefore)
      return Promise.reject(new EmbedderPausedError('the embedder keeps failing'));
    const asked = this.ask(text).finally(() => this.inFlight.delete(text));
    this.inFlight.set(text, asked);
    return asked;
  }

  /** Somebody waited in vain: that counts as a failure too, or each request would wait as long for one that hangs. */
  tooSlow(): void {
    this.failed(new Error('no answer in time'));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.embedder.close();
  }

  private async ask(text: string): Promise<Float32Array | null> {
    try {
      const [vector] = await this.embedder.embed([text]);
      this.failuresInARow = 0;
      return vector ?? null;
    } catch (error) {
      if (!(error instanceof LineFullError)) this.failed(error);
      throw error;
    }
  }

  private failed(error: unknown): void {
    if (this.closed) return;
    this.failuresInARow += 1;
    if (this.failuresInARow === 1) this.onFailure(error); // once a row: it may fail for each request
    if (this.failuresInARow >= MAX_FAILURES_IN_A_ROW) this.notBefore = this.clock.monotonic() + PAUSE_MS;
  }
}
