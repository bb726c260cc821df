import type { Vectors } from './embedder.port';

export interface LineLimits {
  /** Texts that are embedded together. */
  readonly maxBatch: number;
  /** Texts that wait for their batch; further ones are refused. */
  readonly maxWaiting: number;
  /** Batches at a time. */
  readonly parallel: number;
  /** The same of texts that no request waits for, of which one batch at a time is embedded. */
  readonly background: { readonly maxBatch: number; readonly maxWaiting: number };
}

export interface LineOptions {
  readonly signal?: AbortSignal;
  /** No request waits for them: they are embedded while nothing else waits. */
  readonly background?: boolean;
}

/** Too many texts wait: the embedder is well, but slower than what comes. */
export class LineFullError extends Error {
  override readonly name = 'LineFullError';
}

interface Waiting<T> {
  readonly text: T;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (vector: Float32Array | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Whatever comes while a batch is under way waits, and makes up the next one: first what requests wait for, then the rest. */
export class BatchLine<T> {
  private readonly line: Waiting<T>[] = [];
  private readonly background: Waiting<T>[] = [];
  private running = 0;
  private runsBackground = false;
  private inWork = 0;
  private closed: Error | null = null;

  constructor(
    private readonly work: (texts: readonly T[]) => Promise<Vectors>,
    private readonly limits: LineLimits,
  ) {}

  get waiting(): number {
    return this.line.length + this.background.length + this.inWork;
  }

  /**
   * Rejects if the batch of one of the texts fails, with `LineFullError` if not all of them find room, and when `signal` is aborted:
   * the batch that is under way is finished first.
   */
  async embed(texts: readonly T[], { signal, background = false }: LineOptions = {}): Promise<Vectors> {
    if (this.closed) throw this.closed;
    signal?.throwIfAborted();
    const line = background ? this.background : this.line;
    const { maxWaiting } = background ? this.limits.background : this.limits;
    if (line.length + texts.length > maxWaiting) throw new LineFullError('too many texts wait');
    const vectors = Promise.all(texts.map((text) => add(line, text, signal)));
    this.pump();
    return vectors;
  }

  /** Refuses what waits and what comes; what is under way is left to whoever does the work. */
  close(reason: Error): void {
    this.closed = reason;
    for (const { reject } of [...this.line.splice(0), ...this.background.splice(0)]) reject(reason);
  }

  private pump(): void {
    while (this.running < this.limits.parallel) {
      const batch = nextBatch(this.line, this.limits.maxBatch);
      if (batch.length > 0) {
        this.start(batch, () => undefined);
        continue;
      }
      const rest = this.runsBackground ? [] : nextBatch(this.background, this.limits.background.maxBatch);
      if (rest.length === 0) return;
      this.runsBackground = true;
      this.start(rest, () => (this.runsBackground = false));
    }
  }

  private start(batch: readonly Waiting<T>[], done: () => void): void {
    this.running += 1;
    this.inWork += batch.length;
    void this.run(batch).finally(() => {
      this.running -= 1;
      this.inWork -= batch.length;
      done();
      this.pump();
    });
  }

  private async run(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      const vectors = await this.work(batch.map(({ text }) => text));
      batch.forEach(({ resolve }, index) => resolve(vectors[index] ?? null));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function add<T>(line: Waiting<T>[], text: T, signal: AbortSignal | undefined): Promise<Float32Array | null> {
  return new Promise((resolve, reject) => line.push({ text, signal, resolve, reject }));
}

/** Texts that nobody wants any more are passed over. */
function nextBatch<T>(line: Waiting<T>[], most: number): Waiting<T>[] {
  const batch: Waiting<T>[] = [];
  while (batch.length < most) {
    const next = line.shift();
    if (!next) break;
    if (next.signal?.aborted) next.reject(next.signal.reason);
    else batch.push(next);
  }
  return batch;
}
