import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '@relay/core';
import { BatchLine } from '../batch-line';
import type { Embedder, EmbedOptions, Vectors } from '../embedder.port';
import type { ThreadModel, ThreadReply, ThreadRequest, ThreadText } from './thread-protocol';

/**
 * Texts that are embedded together. Of 17 words each, the built-in model takes 15 ms for one alone, 10.4 a text for four, 9.5 for eight
 * and 10 for sixteen: more gain nothing, and whoever comes next waits for all of them. all-MiniLM-L6-v2 as int8 on onnxruntime-node: 31
 * ms alone, 17 for four, 15 for eight.
 */
const MAX_BATCH = 4;
/**
 * Texts of the background that are embedded together: a question that comes meanwhile waits for them. A piece of an answer (400 characters)
 * takes the built-in model 60 to 80 ms, in batches hardly less.
 */
const MAX_BACKGROUND_BATCH = 1;
/** Texts of the background that wait: the pieces of two answers for each of four judgements, and of entries that are embedded anew. */
const MAX_BACKGROUND_WAITING = 128;
/** Texts that wait: about 0.6 s of the built-in model's work, more than a look-up waits by default. */
const MAX_WAITING = 64;
/** A thread that needs longer for a batch, the loading of its model included, is ended. In ms. */
const STUCK_MS = 60_000;
/** A thread without work is ended after so long, for its memory, unless it is to be kept ready. In ms. */
const IDLE_MS = 600_000;
/** After a thread died, or could not be started, the next one is started so much later at the earliest; doubled each time. In ms. */
const RESTART_PAUSE_MS = 1_000;
const MAX_RESTART_PAUSE_MS = 60_000;
/** The JavaScript heap; models keep their weights outside of it. */
const MAX_HEAP_MB = 512;

interface Pending {
  readonly resolve: (vectors: Vectors) => void;
  readonly reject: (error: unknown) => void;
}

/** An embedder whose model runs in a thread of its own, started when first needed or `keepReady` says so, and again after it died or was idle for long. */
export class ThreadEmbedder implements Embedder {
  private readonly line = new BatchLine<ThreadText>((texts) => this.work(texts), {
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    parallel: 1,
    background: { maxBatch: MAX_BACKGROUND_BATCH, maxWaiting: MAX_BACKGROUND_WAITING },
  });
  private worker: Worker | null = null;
  private pending: Pending | null = null;
  private cancelTimer: () => void = () => undefined; // of the batch under way, or of the idle thread
  private notBefore = Number.NEGATIVE_INFINITY; // monotonic ms
  private pauseMs = RESTART_PAUSE_MS;
  private hasAnswered = false; // the thread of now
  private isKept = false;
  private readonly closing = new AbortController();

  /** `id`: if it is known without loading the model. `model`: what to load, worked out when the thread is about to be started. */
  constructor(
    private readonly clock: Clock,
    public id: string | null,
    private readonly model: (signal: AbortSignal) => Promise<ThreadModel>,
  ) {}

  get waiting(): number {
    return this.line.waiting;
  }

  get isStarting(): boolean {
    return !this.hasAnswered && this.waiting > 0;
  }

  keepReady(wanted: boolean): void {
    this.isKept = wanted;
  }

  embed(texts: readonly string[], { signal, background, gist = false }: EmbedOptions = {}): Promise<Vectors> {
    const asked = texts.map((text) => ({ text, gist }));
    return this.line.embed(asked, { signal, background });
  }

  async close(): Promise<void> {
    const reason = new Error('the embedder was closed');
    this.closing.abort(reason);
    this.line.close(reason);
    await this.end(reason);
  }

  private async work(texts: readonly ThreadText[]): Promise<Vectors> {
    this.cancelTimer();
    const worker = this.worker ?? (await this.start());
    this.closing.signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      this.cancelTimer = this.clock.after(STUCK_MS, () => this.onDeath(worker, new Error('the thread is stuck')));
      worker.ref(); // whoever waits for a vector gets it, also at the end of a process
      worker.postMessage({ texts } satisfies ThreadRequest);
    });
  }

  private async start(): Promise<Worker> {
    if (this.clock.monotonic() < this.notBefore) throw new Error('the thread died a moment ago');
    try {
      const workerData = await this.model(this.closing.signal);
      this.closing.signal.throwIfAborted();
      this.worker = this.startThread(workerData);
      return this.worker;
    } catch (error) {
      this.postpone();
      throw error;
    }
  }

  private startThread(workerData: ThreadModel): Worker {
    const worker = new Worker(workerFile(), { workerData, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
    worker.on('message', (reply: ThreadReply) => this.onReply(worker, reply));
    worker.on('error', (error) => this.onDeath(worker, error));
    worker.on('exit', (code) => this.onDeath(worker, new Error(`the thread ended with code ${code}`)));
    return worker;
  }

  private postpone(): void {
    this.notBefore = this.clock.monotonic() + this.pauseMs;
    this.pauseMs = Math.min(2 * this.pauseMs, MAX_RESTART_PAUSE_MS);
  }

  private onReply(worker: Worker, reply: ThreadReply): void {
    if (worker !== this.worker) return; // it was given up
    if (reply.kind === 'ready') {
      this.id = reply.id;
      return;
    }
    const { pending } = this;
    this.pending = null;
    this.pauseMs = RESTART_PAUSE_MS;
    this.hasAnswered = true;
    worker.unref();
    this.cancelTimer();
    this.endWhenIdle();
    if (reply.kind === 'vectors') pending?.resolve(reply.vectors);
    else pending?.reject(new Error(reply.message));
  }

  private endWhenIdle(): void {
    this.cancelTimer = this.clock.after(IDLE_MS, () => {
      if (this.isKept) this.endWhenIdle();
      else void this.end(new Error('the thread was idle'));
    });
  }

  private onDeath(worker: Worker, error: unknown): void {
    if (worker !== this.worker) return; // it was ended
    this.postpone();
    void this.end(error);
  }

  private async end(reason: unknown): Promise<void> {
    const { worker, pending } = this;
    this.worker = null;
    this.pending = null;
    this.hasAnswered = false;
    this.cancelTimer();
    pending?.reject(reason);
    await worker?.terminate();
  }
}

/** The compiled worker: beside this file in dist/, and in dist/ too when this file runs from its source under Jest. */
function workerFile(): string {
  const name = 'embedding.worker.js';
  const file = __filename.endsWith('.ts')
    ? path.resolve(__dirname, '../../../../dist/libs/embedding/src/thread', name)
    : path.join(__dirname, name);
  if (!existsSync(file)) throw new Error(`${file} is missing. Build first: node tools/build.mjs`);
  return file;
}
