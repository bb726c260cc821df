import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger, type OnModuleDestroy } from '@nestjs/common';
import { QUEUES, responseJobSchema, type ResponseJob } from '@relay/contracts';
import { Cancellation, CLOCK, type Clock } from '@relay/core';
import { QueueFactory } from '@relay/database';
import { DelayedError, type Job } from 'bullmq';
import { ResponseMaker } from './response-maker';

/** Responses that one process makes at a time: each waits for an upstream, nearly all of the time. */
const CONCURRENCY = 32;
/** A worker that dies leaves its jobs to others after this time, ms; a second more than what its leases need to run out. */
const LOCK_MS = 16_000;
const LOOK_FOR_STALLED_MS = 5_000;
/** The row counts how often one was begun. */
const MAX_STALLED = 1_000;

/** Responses in the background. One that is interrupted, by a crash or a stop, is begun anew. */
@Processor(QUEUES.responses, {
  concurrency: CONCURRENCY,
  lockDuration: LOCK_MS,
  stalledInterval: LOOK_FOR_STALLED_MS,
  maxStalledCount: MAX_STALLED,
})
export class ResponsesProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly logger = new Logger(ResponsesProcessor.name);
  private readonly stopping = new Cancellation();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly maker: ResponseMaker,
    private readonly queues: QueueFactory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  /** Rejects for the queue to put it where it belongs. */
  async process(job: Job<ResponseJob>, token?: string): Promise<void> {
    const made = await this.make(responseJobSchema.parse(job.data));
    if (made === true) return;
    if (made === false) throw new Error('it has not ended, and is tried again');
    await job.moveToDelayed(this.clock.now() + made.afterMs, token);
    throw new DelayedError();
  }

  private async make({ tenant, response }: ResponseJob): ReturnType<ResponseMaker['make']> {
    const making = this.maker.make({ tenantId: tenant, id: response }, this.stopping);
    const settled = making.catch(() => undefined);
    this.running.add(settled);
    try {
      return await making;
    } catch (error) {
      this.logger.warn(`The response ${response} was interrupted: ${String(error)}`);
      throw error;
    } finally {
      this.running.delete(settled);
    }
  }

  /** Before the queues close: they wait for jobs. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  @OnWorkerEvent('error')
  hearError(error: Error): void {
    this.queues.fault(QUEUES.responses, error);
  }
}
