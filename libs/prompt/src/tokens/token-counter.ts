import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { estimateTokens } from './estimate-tokens';
import type { CountReply, CountRequest } from './token-worker-protocol';

export interface TokenCount {
  readonly tokens: number;
  /** By the tokenizer; otherwise by `estimateTokens`. */
  readonly exact: boolean;
}

/** Longer texts are estimated: a whole second of the thread's time at worst. */
const MAX_TEXT_CHARS = 1_000_000;
/** Texts that the thread has not answered yet, and their characters together; further ones are estimated. */
const MAX_WAITING = 64;
const MAX_WAITING_CHARS = 4_000_000;
/** A text that was not counted in so many ms is estimated: the end of the reply waits for it, and so does the client. */
const MAX_WAIT_MS = 100;
/** A thread that has something to do and answers nothing for so long is ended when the next text comes, which starts another. */
const STUCK_MS = 5_000;
/** A thread with nothing to do is ended after so long, for its memory. */
const IDLE_MS = 60_000;
/** After a thread could not start or died, texts are estimated for so long. */
const RESTART_PAUSE_MS = 60_000;
const MAX_HEAP_MB = 256;

interface Waiting {
  readonly chars: number;
  readonly settle: (tokens: number | null) => void; // null: not counted
}

/** Exact token counts (o200k_base) from a thread of its own, started when first needed. Never rejects, never blocks. */
@Injectable()
export class TokenCounter implements BeforeApplicationShutdown {
  private readonly logger = new Logger(TokenCounter.name);
  private readonly waiting = new Map<number, Waiting>();
  private waitingChars = 0;
  private worker: Worker | null = null;
  private silentSince = 0; // monotonic ms: when the thread last answered, or was given something to do
  private notBefore = Number.NEGATIVE_INFINITY; // monotonic ms
  private nextId = 1;
  private cancelIdle: (() => void) | null = null;
  private closed = false;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Tokens of a text: counted where the thread is free, well and in time, else estimated. */
  count(text: string): Promise<TokenCount> {
    this.endIfStuck();
    const estimated = (): TokenCount => ({ tokens: estimateTokens(text), exact: false });
    const worker = this.canTake(text.length) ? this.running() : null;
    if (worker === null) return Promise.resolve(estimated());
    return this.ask(worker, text).then((tokens) => (tokens === null ? estimated() : { tokens, exact: true }));
  }

  /** Before the stores close: what still waits for a count can then be recorded with the estimate. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closed = true;
    await this.end();
  }

  private canTake(chars: number): boolean {
    if (this.closed || chars > MAX_TEXT_CHARS) return false;
    return this.waiting.size < MAX_WAITING && this.waitingChars + chars <= MAX_WAITING_CHARS;
  }

  /** `null` if the answer is late: the text stays in line all the same, as the thread will come to it. */
  private ask(worker: Worker, text: string): Promise<number | null> {
    if (this.waiting.size === 0) this.silentSince = this.clock.monotonic();
    return new Promise((resolve) => {
      const id = this.nextId++;
      const cancel = this.clock.after(MAX_WAIT_MS, () => resolve(null));
      this.waitingChars += text.length;
      this.waiting.set(id, {
        chars: text.length,
        settle: (tokens) => {
          cancel();
          resolve(tokens);
        },
      });
      worker.postMessage({ id, text } satisfies CountRequest);
    });
  }

  private settle(id: number, tokens: number | null): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return; // from a thread that was ended
    this.waiting.delete(id);
    this.waitingChars -= waiting.chars;
    waiting.settle(tokens);
  }

  private endIfStuck(): void {
    if (this.waiting.size === 0 || this.clock.monotonic() - this.silentSince < STUCK_MS) return;
    this.logger.warn('The thread that counts tokens is stuck; it is ended, and another one started');
    void this.end();
  }

  private running(): Worker | null {
    this.cancelIdle?.();
    this.cancelIdle = this.clock.after(IDLE_MS, () => void this.end());
    if (this.worker !== null || this.clock.monotonic() < this.notBefore) return this.worker;
    try {
      this.worker = this.start();
    } catch (error) {
      this.onDeath(error);
    }
    return this.worker;
  }

  private start(): Worker {
    const worker = new Worker(workerFile(), { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
    worker.unref(); // nobody stays up for a count
    worker.on('message', ({ id, tokens }: CountReply) => {
      this.silentSince = this.clock.monotonic();
      this.settle(id, tokens);
    });
    worker.on('error', (error) => {
      if (worker === this.worker) this.onDeath(error);
    });
    return worker;
  }

  private onDeath(error: unknown): void {
    this.notBefore = this.clock.monotonic() + RESTART_PAUSE_MS;
    this.logger.error(`Tokens are estimated, as the thread that counts them does not run: ${String(error)}`);
    void this.end();
  }

  /** Ends the thread; what waits for it is estimated. */
  private async end(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    this.cancelIdle?.();
    this.cancelIdle = null;
    for (const id of [...this.waiting.keys()]) this.settle(id, null);
    await worker?.terminate();
  }
}

/** The compiled worker: beside this file in dist/, and in dist/ too when this file runs from its source under Jest. */
function workerFile(): string {
  const name = 'token.worker.js';
  const file = __filename.endsWith('.ts')
    ? path.resolve(__dirname, '../../../../dist/libs/prompt/src/tokens', name)
    : path.join(__dirname, name);
  if (!existsSync(file)) throw new Error(`${file} is missing. Build first: node tools/build.mjs`);
  return file;
}
