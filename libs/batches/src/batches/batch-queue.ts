import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { QUEUES, type BatchJob } from '@relay/contracts';
import { CLOCK, within, type Clock } from '@relay/core';
import type { Queue } from 'bullmq';
import { BatchStore, type OpenBatch } from './batch-store';

/** A store that is away for a while costs as many; after the last one maintenance begins anew. */
const ATTEMPTS = 20;
const RETRY_AFTER_MS = 5_000;
/** A queue that is away keeps nobody waiting: maintenance makes up for it. */
const ADD_TIMEOUT_MS = 2_000;
/** Of the lines that a worker asks at a time: what one batch may have. The rest is there for the next one. */
const SHARE_OF_ONE = 0.75;

/**
 * Lanes of batches: jobs, each of which asks one line after the other. Between two lines a lane that had its time goes to the end of the queue,
 * so that batches take turns over all workers. A tenant's second batch stands behind the first ones of all others.
 */
@Injectable()
export class BatchQueue {
  private readonly logger = new Logger(BatchQueue.name);

  constructor(
    @InjectQueue(QUEUES.batches) private readonly queue: Queue<BatchJob>,
    private readonly store: BatchStore,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Lane 0. Of no effect if it is in the queue already. Never rejects. */
  add(id: string, rank = 1): Promise<void> {
    return this.addLanes(id, rank, 1);
  }

  /** The lanes that a batch of so many lines is worth. Of no effect for those that are in the queue already. Never rejects. */
  addAll({ id, rank, total }: OpenBatch): Promise<void> {
    const most = Math.ceil(this.config.current.batches.concurrency * SHARE_OF_ONE);
    return this.addLanes(id, rank, Math.max(1, Math.min(total, most)));
  }

  /** Puts lanes into the queue that were lost, of those that have not ended. Rejects when the database is away. */
  async addLost(): Promise<void> {
    for await (const batch of this.store.open()) await this.addAll(batch);
  }

  private async addLanes(id: string, rank: number, lanes: number): Promise<void> {
    const jobs = Array.from({ length: lanes }, (_, lane) => ({
      name: 'lane',
      data: { batch: id, lane },
      opts: {
        jobId: `${id}-${lane}`,
        priority: rank,
        attempts: ATTEMPTS,
        backoff: { type: 'fixed', delay: RETRY_AFTER_MS },
        removeOnComplete: true,
        removeOnFail: true,
      },
    }));
    const adding = this.queue.addBulk(jobs).catch((error: unknown) => {
      this.logger.warn(`The queue did not take the batch ${id}, which is tried again later: ${String(error)}`);
    });
    await within(this.clock, ADD_TIMEOUT_MS, adding);
  }
}
