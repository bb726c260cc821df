import { Injectable, Logger } from '@nestjs/common';
import { BatchQueue, BatchStore, FileStore } from '@relay/batches';

/** Keeps batches going, and nothing past its time. */
@Injectable()
export class BatchMaintenance {
  private readonly logger = new Logger(BatchMaintenance.name);

  constructor(
    private readonly queue: BatchQueue,
    private readonly batches: BatchStore,
    private readonly files: FileStore,
  ) {}

  /** Rejects when the database is away. */
  async run(): Promise<void> {
    await this.queue.addLost();
    const files = await this.files.removeExpired();
    const batches = await this.batches.removeOld();
    if (files + batches > 0) this.logger.log(`removed ${files} files and ${batches} batches past their time`);
  }
}
