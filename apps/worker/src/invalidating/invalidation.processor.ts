import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { InvalidationStore } from '@relay/cache';
import { invalidationJobSchema, QUEUES, type InvalidationJob } from '@relay/contracts';
import { Cancellation } from '@relay/core';
import { QueueFactory } from '@relay/database';
import type { Job } from 'bullmq';
import { Remover } from './remover';

/** A worker that dies leaves its job to another one; so often is enough for any deployment. */
const MAX_STALLED = 100;

const TROUBLE = 'Redis or the database did not do what they were asked; it is tried again, and what is left is void.';

/** One invalidation after the other: all of them want the same stores. */
@Processor(QUEUES.cacheInvalidate, { concurrency: 1, maxStalledCount: MAX_STALLED })
export class InvalidationProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly logger = new Logger(InvalidationProcessor.name);
  private readonly stopping = new Cancellation();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly remover: Remover,
    private readonly store: InvalidationStore,
    private readonly queues: QueueFactory,
  ) {
    super();
  }

  /** Rejects for the queue to try again; when that has tried often enough, maintenance begins anew. */
  process(job: Job<InvalidationJob>): Promise<void> {
    const working = this.work(job);
    this.running = working.catch(() => undefined);
    return working;
  }

  /** Before the queues close: they wait for jobs. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  @OnWorkerEvent('error')
  hearError(error: Error): void {
    this.queues.fault(QUEUES.cacheInvalidate, error);
  }

  private async work(job: Job<InvalidationJob>): Promise<void> {
    const { invalidation: id } = invalidationJobSchema.parse(job.data);
    const end = await this.remove(id);
    if (end === 'interrupted') throw new Error('interrupted by the end of this process');
  }

  private async remove(id: string): Promise<'ended' | 'interrupted'> {
    try {
      return await this.remover.run(id, this.stopping);
    } catch (error) {
      this.logger.warn(`Removing the copies of the invalidation ${id} was interrupted: ${String(error)}`);
      await this.store.noteTrouble(id, TROUBLE).catch(() => undefined); // the same database
      throw error;
    }
  }
}
