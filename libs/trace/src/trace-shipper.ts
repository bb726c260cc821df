import { Logger } from '@nestjs/common';
import type { Clock } from '@relay/core';
import { isBadData } from '@relay/database';
import type { LineBatch } from './domain/line-batch';
import type { TraceInserter } from './persistence/trace-inserter';
import type { RejectedRows } from './spool/rejected-rows';
import type { TraceSpool } from './spool/trace-spool';

/** How long lines gather before a batch leaves; also how old a trace may get before it can be found. */
const BATCH_DELAY_MS = 50;
/** With so much waiting the next batch leaves at once. */
const HURRY_BYTES = 512 * 1_024;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 15_000;
/** How often the spool shows that it lives and looks for segments of processes that do not. */
const TICK_MS = 15_000;

/** Brings the spool's lines into the database, one batch at a time, in the background. */
export class TraceShipper {
  private readonly logger = new Logger(TraceShipper.name);
  private running: Promise<void> | null = null;
  private cancelTimer: (() => void) | null = null;
  private cancelTick: (() => void) | null = null;
  private retryMs = 0; // 0: the database answers
  private stopped = false;
  lastError: string | null = null;

  constructor(
    private readonly spool: TraceSpool,
    private readonly inserter: Pick<TraceInserter, 'insert'>,
    private readonly rejected: RejectedRows,
    private readonly clock: Clock,
  ) {}

  /** Ships what dead processes left and keeps looking for more. */
  start(): void {
    const adopted = this.spool.adoptOrphans();
    if (adopted > 0) {
      this.logger.log(`Storing the traces that ${adopted} spool file(s) of ended processes hold`);
      this.wake();
    }
    this.cancelTick = this.clock.after(TICK_MS, () => {
      this.spool.touch();
      this.start();
    });
  }

  /** There is a new line. */
  wake(): void {
    if (this.cancelTimer === null && this.running === null && !this.stopped) this.shipAfter(BATCH_DELAY_MS);
  }

  private shipAfter(ms: number): void {
    this.cancelTimer = this.clock.after(ms, () => {
      this.cancelTimer = null;
      void this.shipOnce();
    });
  }

  /** Resolves when everything recorded before the call is stored, or when the database refuses to answer. */
  async flush(): Promise<void> {
    const target = this.spool.appended;
    while (this.spool.settled < target && !this.stopped) {
      await this.shipOnce();
      if (this.retryMs > 0) return;
    }
  }

  /** Resolves when no batch is under way. */
  async idle(): Promise<void> {
    await this.running;
  }

  /** Ends shipping after the batch in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTimer?.();
    this.cancelTick?.();
    await this.idle();
  }

  /** One batch, shared by everybody who asks meanwhile; never rejects. */
  private shipOnce(): Promise<void> {
    this.running ??= this.shipNext().finally(() => {
      this.running = null;
      this.scheduleNext();
    });
    return this.running;
  }

  private async shipNext(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = null;
    try {
      const batch = await this.spool.next();
      if (batch === null) return;
      await this.insert(batch.lines, 0, batch.lines.count);
      this.spool.acknowledge(batch);
      this.onStored();
    } catch (error) {
      this.onOutage(error);
    }
  }

  private scheduleNext(): void {
    const pending = this.spool.pendingBytes;
    if (this.stopped || pending === 0 || this.cancelTimer !== null) return;
    if (this.retryMs > 0) this.shipAfter(this.retryMs);
    else this.shipAfter(pending >= HURRY_BYTES ? 0 : BATCH_DELAY_MS);
  }

  /** Halves a batch that holds a bad row until the row is alone: about 2 log2(500) statements for one of them. */
  private async insert(lines: LineBatch, from: number, to: number): Promise<void> {
    try {
      await this.inserter.insert(lines, from, to);
    } catch (error) {
      if (!isBadData(error)) throw error;
      if (to - from === 1) return this.reject(lines.line(from), error);
      const middle = (from + to) >>> 1;
      await this.insert(lines, from, middle);
      await this.insert(lines, middle, to);
    }
  }

  private reject(line: string, error: unknown): void {
    this.rejected.add(line, describe(error));
    this.logger.error(
      `The database refuses a trace (${describe(error)}); it is set aside in the spool's rejected file`,
    );
  }

  private onStored(): void {
    if (this.retryMs > 0) this.logger.log('The database takes traces again');
    this.retryMs = 0;
    this.lastError = null;
  }

  private onOutage(error: unknown): void {
    this.lastError = describe(error);
    if (this.retryMs === 0)
      this.logger.warn(`Traces wait in the spool until the database takes them: ${this.lastError}`);
    this.retryMs = this.retryMs === 0 ? FIRST_RETRY_MS : Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
