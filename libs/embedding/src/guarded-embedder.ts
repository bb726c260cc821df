import type { Clock } from '@relay/core';
import { LineFullError } from './batch-line';
import { RELAY_ITSELF, type Embedder } from './embedder.port';

/** An embedder that failed so many times in a row ... */
const MAX_FAILURES_IN_A_ROW = 3;
/** ... is left alone for so long. In ms. */
const PAUSE_MS = 1_000;

/** What fills a line fills it for many requests: it is said again after so long. In ms. */
const OVERLOAD_SAID_MS = 60_000;

/** Why there was no vector: it is well, but starts or has more to do than it can; or it is not. */
export type EmbedderTrouble = 'starting' | 'overloaded' | 'failing';

/** The embedder is left alone for a moment. */
export class EmbedderPausedError extends Error {
  override readonly name = 'EmbedderPausedError';
}

/** One embedder, asked once for equal texts of one owner that are wanted at the same time, and not at all for a moment when it keeps failing. */
export class GuardedEmbedder {
  private readonly inFlight = new Map<string, Promise<Float32Array | null>>(); // bounded by the embedder's line
  private closed = false;
  private failuresInARow = 0;
  private notBefore = Number.NEGATIVE_INFINITY; // monotonic ms
  private answeredAt = Number.NEGATIVE_INFINITY; // monotonic ms
  private overloadSaidAt = Number.NEGATIVE_INFINITY; // monotonic ms
  private readonly said = new Set<EmbedderTrouble>(); // of this row

  constructor(
    readonly embedder: Embedder,
    private readonly clock: Clock,
    private readonly onTrouble: (trouble: EmbedderTrouble, error: unknown) => void,
  ) {}

  /** Equal texts of one owner that are wanted at the same time are asked for once. Rejects when the embedder fails, is paused, or has too many texts in line. */
  embed(text: string, owner: string): Promise<Float32Array | null> {
    const key = `${owner}\n${text}`;
    const shared = this.inFlight.get(key);
    if (shared) return shared;
    if (this.clock.monotonic() < this.notBefore)
      return Promise.reject(new EmbedderPausedError('the embedder keeps failing'));
    const asked = this.ask(text).finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, asked);
    return asked;
  }

  /** Somebody waited in vain: that counts as a failure too, or each request would wait as long for one that hangs. */
  tooSlow(waitedMs: number): void {
    const answersOthers = this.answeredAt > this.clock.monotonic() - waitedMs;
    const trouble = this.embedder.isStarting === true ? 'starting' : answersOthers ? 'overloaded' : 'failing';
    this.failed(new Error(`no answer within ${waitedMs} ms`), trouble);
  }

  /** Has it started ahead of need, as far as it needs a start; one that cannot start is tried again with the next text. Never throws. */
  keepReady(wanted: boolean): void {
    if (this.embedder.keepReady === undefined) return;
    this.embedder.keepReady(wanted);
    if (wanted) void this.embed(FIRST_TEXT, RELAY_ITSELF).catch(() => undefined); // told already
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.embedder.close();
  }

  private async ask(text: string): Promise<Float32Array | null> {
    try {
      const [vector] = await this.embedder.embed([text]);
      this.failuresInARow = 0;
      this.said.clear();
      this.answeredAt = this.clock.monotonic();
      return vector ?? null;
    } catch (error) {
      if (error instanceof LineFullError) this.say('overloaded', error);
      else this.failed(error, 'failing');
      throw error;
    }
  }

  private failed(error: unknown, trouble: EmbedderTrouble): void {
    if (this.closed) return;
    this.failuresInARow += 1;
    this.say(trouble, error);
    if (this.failuresInARow >= MAX_FAILURES_IN_A_ROW) this.notBefore = this.clock.monotonic() + PAUSE_MS;
  }

  /** Once a row: it may be so for each request. One that is overloaded has many rows. */
  private say(trouble: EmbedderTrouble, error: unknown): void {
    if (this.said.has(trouble)) return;
    this.said.add(trouble);
    const now = this.clock.monotonic();
    if (trouble === 'overloaded' && now < this.overloadSaidAt + OVERLOAD_SAID_MS) return;
    if (trouble === 'overloaded') this.overloadSaidAt = now;
    this.onTrouble(trouble, error);
  }
}

/** Whose vector nobody needs. */
const FIRST_TEXT = 'ready';
