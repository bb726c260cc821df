import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { QUEUES, type WarmingJob } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import type { Queue } from 'bullmq';
import { JobLine } from '../job-line';
import { WarmingStore } from './warming-store';

/** Jobs that ask ahead of need. They hold the id of the warming, and are gone when it has ended: its row tells what came of it. */
@Injectable()
export class WarmingQueue {
  private readonly line: JobLine<WarmingJob>;

  constructor(
    @InjectQueue(QUEUES.cacheWarm) queue: Queue<WarmingJob>,
    private readonly store: WarmingStore,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.line = new JobLine(queue, clock);
  }

  /** Of no effect for one that is in the queue already. Never rejects. */
  add(id: string, delayMs = 0): Promise<void> {
    return this.line.add(id, { warming: id }, delayMs);
  }

  /** Puts those into the queue that have not ended and whose job was lost. Rejects when the database is away. */
  async addLost(): Promise<void> {
    for (const id of await this.store.open()) await this.add(id);
  }
}
