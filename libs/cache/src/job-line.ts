import { Logger } from '@nestjs/common';
import { within, type Clock } from '@relay/core';
import type { Queue } from 'bullmq';

/** An interruption costs one: a stop of the worker, or a database that was away. */
export const JOB_ATTEMPTS = 20;
const RETRY_AFTER_MS = 5_000;
/** A queue that is away keeps nobody waiting: maintenance makes up for it. */
const ADD_TIMEOUT_MS = 2_000;

/** Jobs for rows of a table, by the id of the row: gone when they have ended, tried again when they were interrupted. */
export class JobLine<Data extends object> {
  private readonly logger = new Logger(JobLine.name);

  constructor(
    private readonly queue: Queue<Data>,
    private readonly clock: Clock,
  ) {}

  /** Of no effect for a row whose job is there already. Never rejects. */
  async add(id: string, data: Data, delayMs = 0): Promise<void> {
    const options = {
      jobId: id,
      delay: delayMs,
      attempts: JOB_ATTEMPTS,
      backoff: { type: 'fixed', delay: RETRY_AFTER_MS },
      removeOnComplete: true,
      removeOnFail: true,
    };
    const { name } = this.queue;
    const adding = (this.queue as Queue).add(name, data, options).catch((error: unknown) => {
      this.logger.warn(`The queue ${name} did not take ${id}, which is tried again later: ${String(error)}`);
    });
    await within(this.clock, ADD_TIMEOUT_MS, adding);
  }
}
