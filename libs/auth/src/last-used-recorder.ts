import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

const FLUSH_EVERY_MS = 30_000;
const MAX_PENDING = 10_000; // keys; beyond it further keys are noted at their next use

/** Notes when keys were last used, in memory, and writes that down now and then in one statement. */
@Injectable()
export class LastUsedRecorder implements OnModuleDestroy {
  private pending = new Map<string, number>(); // key id → ms since the epoch
  private cancelFlush: (() => void) | null = null;
  private readonly logger = new Logger(LastUsedRecorder.name);
  private failing = false;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  touch(keyId: string): void {
    if (this.pending.size >= MAX_PENDING && !this.pending.has(keyId)) return;
    this.pending.set(keyId, this.clock.now());
    this.cancelFlush ??= this.clock.after(FLUSH_EVERY_MS, () => void this.flush());
  }

  async flush(): Promise<void> {
    this.cancelFlush?.();
    this.cancelFlush = null;
    if (this.pending.size === 0) return;
    const batch = this.pending;
    this.pending = new Map();
    try {
      await this.write(batch);
      this.failing = false;
    } catch (cause) {
      this.giveUp(cause);
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }

  private async write(batch: ReadonlyMap<string, number>): Promise<void> {
    const times = [...batch.values()].map((ms) => new Date(ms));
    await this.dataSource.query(
      `update api_keys set last_used_at = greatest(last_used_at, used.at)
       from unnest($1::uuid[], $2::timestamptz[]) as used(id, at) where api_keys.id = used.id`,
      [[...batch.keys()], times],
    );
  }

  /** The times of a failed batch are lost: a key in use is noted again soon, and nothing depends on it. */
  private giveUp(cause: unknown): void {
    if (!this.failing) this.logger.warn(`last use of API keys was not written: ${String(cause)}`);
    this.failing = true;
  }
}
