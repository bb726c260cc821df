import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { WARMING_ATTEMPTS, WarmingStore } from '@relay/cache';
import { QUEUES, warmingJobSchema, type WarmingJob } from '@relay/contracts';
import { Cancellation } from '@relay/core';
import { QueueFactory } from '@relay/database';
import type { Job } from 'bullmq';
import { Warmer } from './warmer';

/** A worker that dies leaves its job to another one; so often is enough for any deployment. */
const MAX_STALLED = 100;

/** One warming at a time. One that is interrupted, by a crash or a stop, begins anew: what it has stored is found in the cache. */
@Processor(QUEUES.cacheWarm, { concurrency: 1, maxStalledCount: MAX_STALLED })
export class WarmingProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly logger = new Logger(WarmingProcessor.name);
  private readonly stopping = new Cancellation();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly warmer: Warmer,
    private readonly store: WarmingStore,
    private readonly queues: QueueFactory,
  ) {
    super();
  }

  /** Rejects for the queue to try again. */
  process(job: Job<WarmingJob>): Promise<void> {
    const working = this.work(job);
    this.running = working.catch(() => undefined);
    return working;
  }

  /** Before the queues close: they wait for jobs, and a warming may take hours. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  @OnWorkerEvent('error')
  hearError(error: Error): void {
    this.queues.fault(QUEUES.cacheWarm, error);
  }

  private async work(job: Job<WarmingJob>): Promise<void> {
    const { warming } = warmingJobSchema.parse(job.data);
    try {
      if (await this.warmer.run(warming, this.stopping)) return;
    } catch (error) {
      this.logger.warn(`The warming ${warming} was interrupted: ${String(error)}`);
      if (job.attemptsMade + 1 >= WARMING_ATTEMPTS)
        await this.store.end(warming, 'failed', 'it was interrupted too often');
      throw error;
    }
    throw new Error('interrupted by the end of this process');
  }
}
