import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { QUEUES, type BatchJob } from '@relay/contracts';
import { CLOCK, within, type Clock } from '@relay/core';
import { moveBehindEquals } from '@relay/database';
import type { Job, Queue } from 'bullmq';
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
 * so that batches take turns over all workers. A tenant's second batch stands behind the first ones of all others, until it is its first.
 */
@Injectable()
export class BatchQueue {
  private readonly logger = new Logger(BatchQueue.name);
  private ranks: ReadonlyMap<string, number> = new Map(); // of open batches, as their lanes were found or told last

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
  addAll(batch: OpenBatch): Promise<void> {
    return this.addLanes(batch.id, batch.rank, this.lanesOf(batch));
  }

  /** A lane that had its time goes behind all others of the rank that its batch has by now. Rejects when a store is away. */
  async giveTurn(job: Job<BatchJob>, token: string | undefined): Promise<void> {
    const open = await this.store.openOne(job.data.batch);
    await moveBehindEquals(job, token, open?.rank ?? job.priority);
  }

  /**
   * Puts lanes into the queue that were lost, of batches that have not ended, and those of a batch that moved up among its tenant's where
   * they belong. Rejects when the database is away.
   */
  async addLost(): Promise<void> {
    const ranks = new Map<string, number>();
    for await (const batch of this.store.open()) {
      await this.addAll(batch);
      if (this.ranks.get(batch.id) === batch.rank || (await this.moveUp(batch))) ranks.set(batch.id, batch.rank);
    }
    this.ranks = ranks;
  }

  /** Of a batch with so many lines, lane 0 included. */
  lanesOf({ total }: Pick<OpenBatch, 'total'>): number {
    const most = Math.ceil(this.config.current.batches.concurrency * SHARE_OF_ONE);
    return Math.max(1, Math.min(total, most));
  }

  /** False: the queue is away, or too slow. Never rejects. */
  private moveUp(batch: OpenBatch): Promise<boolean> {
    const moving = Array.from({ length: this.lanesOf(batch) }, async (_, lane) => {
      const job = await this.queue.getJob(laneId(batch.id, lane));
      if (job && job.priority !== batch.rank) await job.changePriority({ priority: batch.rank });
    });
    return within(this.clock, ADD_TIMEOUT_MS, Promise.all(moving)).catch(() => false);
  }

  private async addLanes(id: string, rank: number, lanes: number): Promise<void> {
    const jobs = Array.from({ length: lanes }, (_, lane) => ({
      name: 'lane',
      data: { batch: id, lane },
      opts: {
        jobId: laneId(id, lane),
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

const laneId = (batchId: string, lane: number): string => `${batchId}-${lane}`;
