import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger, type OnModuleDestroy } from '@nestjs/common';
import { JOB_ATTEMPTS, WarmingStore } from '@relay/cache';
import { QUEUES, warmingJobSchema, type WarmingJob } from '@relay/contracts';
import { Cancellation, CLOCK, type Clock } from '@relay/core';
import { QueueFactory } from '@relay/database';
import { DelayedError, type Job } from 'bullmq';
import { type TurnEnd, Warmer } from './warmer';

/** A worker that dies leaves its job to another one; so often is enough for any deployment. */
const MAX_STALLED = 100;

/** Warmings at a time, each of another tenant. */
const CONCURRENCY = 4;
/** Who has had a turn, or waits for another warming of the tenant, stands behind everybody else then. */
const NEXT_TURN_MS = 100;
const LATER_MS = 5_000;

/** Tenants take turns, and the warmings of one run one after the other. One that is interrupted, by a crash or a stop, begins anew: what it has stored is found in the cache. */
@Processor(QUEUES.cacheWarm, { concurrency: CONCURRENCY, maxStalledCount: MAX_STALLED })
export class WarmingProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly logger = new Logger(WarmingProcessor.name);
  private readonly stopping = new Cancellation();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly warmer: Warmer,
    private readonly store: WarmingStore,
    private readonly queues: QueueFactory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  /** Rejects for the queue to try again. */
  process(job: Job<WarmingJob>, token?: string): Promise<void> {
    const working = this.work(job, token);
    const settled = working.catch(() => undefined).finally(() => this.running.delete(settled));
    this.running.add(settled);
    return working;
  }

  /** Before the queues close: they wait for jobs, and a warming may take hours. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  @OnWorkerEvent('error')
  hearError(error: Error): void {
    this.queues.fault(QUEUES.cacheWarm, error);
  }

  private async work(job: Job<WarmingJob>, token: string | undefined): Promise<void> {
    const { warming, progress } = warmingJobSchema.parse(job.data);
    const end = await this.turn(job, warming, progress);
    if (end === 'ended') return;
    if (end === 'interrupted') throw new Error('interrupted by the end of this process');
    if (end !== 'later') await job.updateData({ warming, progress: end });
    await job.moveToDelayed(this.clock.now() + (end === 'later' ? LATER_MS : NEXT_TURN_MS), token);
    throw new DelayedError();
  }

  private async turn(job: Job<WarmingJob>, warming: string, progress: WarmingJob['progress']): Promise<TurnEnd> {
    try {
      return await this.warmer.run(warming, progress, this.stopping);
    } catch (error) {
      this.logger.warn(`The warming ${warming} was interrupted: ${String(error)}`);
      if (job.attemptsMade + 1 >= JOB_ATTEMPTS) await this.store.end(warming, 'failed', 'it was interrupted too often');
      throw error;
    }
  }
}
