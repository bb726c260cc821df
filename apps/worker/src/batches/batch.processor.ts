import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BatchQueue } from '@relay/batches';
import { ConfigStore, type ConfigConsumer, type RelayConfig } from '@relay/config';
import { batchJobSchema, QUEUES, type BatchJob } from '@relay/contracts';
import { Cancellation, CLOCK, type Clock } from '@relay/core';
import { QueueFactory } from '@relay/database';
import { DelayedError, WaitingError, type Job } from 'bullmq';
import { BatchLane, type LaneEnd } from './batch-lane';
import { LeaseKeeper } from './lease-keeper';

/** A worker that dies gives its lanes away within the sum of both. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
/** A worker that dies leaves its lanes to others; so often is enough for any deployment. */
const MAX_STALLED = 1_000;
/** A lane that only waits for others looks again after so long. */
const IDLE_MS = 500;

/** As many lines at a time as the configuration says, each in a lane of some batch. */
@Processor(QUEUES.batches, { lockDuration: LOCK_MS, stalledInterval: STALLED_CHECK_MS, maxStalledCount: MAX_STALLED })
export class BatchProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy, ConfigConsumer {
  readonly name = 'batches';
  private readonly logger = new Logger(BatchProcessor.name);
  private readonly stopping = new Cancellation();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly lane: BatchLane,
    private readonly queue: BatchQueue,
    private readonly leases: LeaseKeeper,
    private readonly config: ConfigStore,
    private readonly queues: QueueFactory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.config.register(this);
  }

  prepare({ batches }: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    return { problems: [], apply: () => void (this.worker.concurrency = batches.concurrency) };
  }

  /** Rejects for the queue to put the lane where it belongs. */
  process(job: Job<BatchJob>, token?: string): Promise<void> {
    const working = this.work(job, token);
    const settled = working.catch(() => undefined).finally(() => this.running.delete(settled));
    this.running.add(settled);
    return working;
  }

  /** Before the queues close: they wait for jobs, and a line may take an hour. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.worker.pause(true); // what is given back now is for others
    this.leases.abortAll();
    await Promise.all(this.running);
  }

  @OnWorkerEvent('error')
  hearError(error: Error): void {
    this.queues.fault(QUEUES.batches, error);
  }

  @OnWorkerEvent('failed')
  hearFailure(job: Job<BatchJob> | undefined, error: Error): void {
    this.logger.warn(`A lane of the batch ${job?.data.batch ?? '(unknown)'} broke off: ${error.message}`);
  }

  private async work(job: Job<BatchJob>, token: string | undefined): Promise<void> {
    const { batch, lane } = batchJobSchema.parse(job.data);
    const end: LaneEnd = this.stopping.aborted ? 'turn' : await this.lane.run(batch, lane, this.stopping);
    if (end === 'ended') return;
    if (end === 'turn') {
      await this.queue.giveTurn(job, token);
      throw new WaitingError();
    }
    const restMs = end === 'idle' ? IDLE_MS : end.afterMs;
    await job.moveToDelayed(this.clock.now() + restMs, token);
    throw new DelayedError();
  }
}
