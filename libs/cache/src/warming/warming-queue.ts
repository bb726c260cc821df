import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { QUEUES, type WarmingJob } from '@relay/contracts';
import { CLOCK, within, type Clock } from '@relay/core';
import type { Queue } from 'bullmq';
import { WarmingStore } from './warming-store';

/** An interruption costs one: a stop of the worker, or a database that was away. */
export const WARMING_ATTEMPTS = 20;
const RETRY_AFTER_MS = 5_000;
/** A queue that is away keeps nobody waiting: maintenance makes up for it. */
const ADD_TIMEOUT_MS = 2_000;

/** Jobs that ask ahead of need. They hold the id of the warming, and are gone when it has ended: its row tells what came of it. */
@Injectable()
export class WarmingQueue {
  private readonly logger = new Logger(WarmingQueue.name);

  constructor(
    @InjectQueue(QUEUES.cacheWarm) private readonly queue: Queue<WarmingJob>,
    private readonly store: WarmingStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Of no effect for one that is in the queue already. Never rejects. */
  async add(id: string, delayMs = 0): Promise<void> {
    const options = {
      jobId: id,
      delay: delayMs,
      attempts: WARMING_ATTEMPTS,
      backoff: { type: 'fixed', delay: RETRY_AFTER_MS },
      removeOnComplete: true,
      removeOnFail: true,
    };
    const adding = this.queue.add('warm', { warming: id }, options).catch((error: unknown) => {
      this.logger.warn(`The queue did not take the warming ${id}, which is tried again later: ${String(error)}`);
    });
    await within(this.clock, ADD_TIMEOUT_MS, adding);
  }

  /** Puts those into the queue that have not ended and whose job was lost. Rejects when the database is away. */
  async addLost(): Promise<void> {
    for (const id of await this.store.open()) await this.add(id);
  }
}
