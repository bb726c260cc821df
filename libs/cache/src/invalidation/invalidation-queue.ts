import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { QUEUES, type InvalidationJob } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import type { Queue } from 'bullmq';
import { JobLine } from '../job-line';
import { InvalidationStore } from './invalidation-store';

/** Jobs that remove void copies. They hold the id of the invalidation, and are gone when it has ended: its row tells what came of it. */
@Injectable()
export class InvalidationQueue {
  private readonly line: JobLine<InvalidationJob>;

  constructor(
    @InjectQueue(QUEUES.cacheInvalidate) queue: Queue<InvalidationJob>,
    private readonly store: InvalidationStore,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.line = new JobLine(queue, clock);
  }

  /** Of no effect for one that is in the queue already. Never rejects. */
  add(id: string): Promise<void> {
    return this.line.add(id, { invalidation: id });
  }

  /** Puts those into the queue that have not ended and whose job was lost. Rejects when the database is away. */
  async addLost(): Promise<void> {
    for (const { id } of await this.store.open()) await this.add(id);
  }
}
