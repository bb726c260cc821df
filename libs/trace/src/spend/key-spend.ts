import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type CalendarPeriod, CLOCK, type Clock, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { TraceRecorder } from '../trace.recorder';
import { type KeyReading, readKeySums, type SpendingKey } from './key-sums';

const REFRESH_MS = 60_000;
/** How long a reading waits for this process's own rows; if they are late, the next one counts. */
const FLUSH_MS = 2_000;

/** What keys have spent this month and day (UTC), as stored usage says: read once a minute, of keys that have budgets, and at once of new ones. */
@Injectable()
export class KeySpend implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(KeySpend.name);
  private reading: KeyReading | null = null;
  private keys: () => readonly SpendingKey[] = () => [];
  private isFailing = false;
  private isClosed = false;
  private cancel: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve(); // readings, one at a time

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keys to read, asked before each reading. */
  watch(keys: () => readonly SpendingKey[]): void {
    this.keys = keys;
  }

  onApplicationBootstrap(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.isClosed = true;
    this.cancel();
  }

  /** Null: not read yet, or of a period that is over. */
  storedUsd(tenantId: string, keyId: string, period: CalendarPeriod): number | null {
    if (this.reading === null) return null;
    const { start, end } = this.reading.bounds[period];
    const now = this.clock.now();
    if (now < start || now >= end) return null;
    const sums = this.reading.sumsOf({ tenantId, keyId });
    return sums === null ? null : Number(sums[period]);
  }

  /** Reads at once where a key is to be read that the last reading did not ask for. Never rejects. */
  async readNew(): Promise<void> {
    if (this.keys().some((key) => !this.reading?.has(key))) await this.refresh();
  }

  /** Never rejects. */
  refresh(): Promise<void> {
    this.running = this.running.then(() => this.read());
    return this.running;
  }

  private async read(): Promise<void> {
    this.cancel();
    try {
      await within(this.clock, FLUSH_MS, this.recorder.flush());
      this.reading = await readKeySums(this.dataSource, this.keys(), this.clock.now());
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing && !this.isClosed)
        this.logger.warn(`What keys spent cannot be read for now: ${String(error)}`);
      this.isFailing = true;
    }
    if (!this.isClosed) this.cancel = this.clock.after(REFRESH_MS, () => void this.refresh());
  }
}
