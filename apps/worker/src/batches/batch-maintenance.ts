import { Injectable, Logger } from '@nestjs/common';
import { BatchQueue, BatchStore, FileStore } from '@relay/batches';
import { OffloadRound } from './offload/offload-round';

/** Keeps batches going, and nothing past its time. */
@Injectable()
export class BatchMaintenance {
  private readonly logger = new Logger(BatchMaintenance.name);

  constructor(
    private readonly queue: BatchQueue,
    private readonly batches: BatchStore,
    private readonly files: FileStore,
    private readonly offloads: OffloadRound,
  ) {}

  /** Rejects when the database is away. */
  async run(): Promise<void> {
    await this.queue.addLost();
    await this.offloads.endOwed();
    const files = await this.files.removeExpired();
    const batches = await this.batches.removeOld();
    if (files + batches > 0) this.logger.log(`removed ${files} files and ${batches} batches past their time`);
  }
}
