import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { QUEUES, type ResponseJob } from '@relay/contracts';
import { CLOCK, within, type Clock } from '@relay/core';
import type { Queue } from 'bullmq';
import type { ResponseName } from './background.store';

/** The row decides when one has been tried long enough; this outlasts it. */
const ATTEMPTS = 100_000;
const RETRY_AFTER_MS = 5_000;
/** A queue that is away keeps nobody waiting: maintenance makes up for it. */
const QUEUE_TIMEOUT_MS = 2_000;

/** Jobs that make responses in the background. They hold the ids, and are gone when it has ended: its row tells what came of it. */
@Injectable()
export class ResponseQueue {
  private readonly logger = new Logger(ResponseQueue.name);

  constructor(
    @InjectQueue(QUEUES.responses) private readonly queue: Queue<ResponseJob>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Of no effect for one that is in the queue already. `before`: how many of the same tenant have not ended; who has few goes first.
   * Never rejects.
   */
  async add({ tenantId, id }: ResponseName, before = 0): Promise<void> {
    const options = {
      jobId: id,
      priority: before + 1,
      attempts: ATTEMPTS,
      backoff: { type: 'fixed', delay: RETRY_AFTER_MS },
      removeOnComplete: true,
      removeOnFail: true,
    };
    const adding = this.queue.add('respond', { tenant: tenantId, response: id }, options).catch((error: unknown) => {
      this.logger.warn(`The queue did not take the response ${id}, which is tried again later: ${String(error)}`);
    });
    await within(this.clock, QUEUE_TIMEOUT_MS, adding);
  }

  /** A job whose response was cancelled; one that is being done finds out by itself. Never rejects. */
  async remove(id: string): Promise<void> {
    const removing = this.queue.remove(id).catch(() => undefined); // its worker finds nothing to do
    await within(this.clock, QUEUE_TIMEOUT_MS, removing);
  }
}
