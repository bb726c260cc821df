import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { MAINTENANCE_JOBS, QUEUES, type MaintenanceJob } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import type { Queue } from 'bullmq';

const MINUTE_MS = 60_000;
const EVERY_MS = {
  [MAINTENANCE_JOBS.tracePartitions]: 60 * MINUTE_MS,
  [MAINTENANCE_JOBS.cache]: 5 * MINUTE_MS,
  [MAINTENANCE_JOBS.batches]: MINUTE_MS,
  [MAINTENANCE_JOBS.responses]: MINUTE_MS,
  [MAINTENANCE_JOBS.alerts]: MINUTE_MS,
  [MAINTENANCE_JOBS.usage]: MINUTE_MS,
  [MAINTENANCE_JOBS.policyCanary]: MINUTE_MS,
} satisfies Record<MaintenanceJob, number>;
const KEPT_JOBS = 50;
/** A Redis that was emptied or replaced has lost the schedules, and nobody starts the workers again because of that. */
const ASSURE_EVERY_MS = MINUTE_MS;

/** Asks for maintenance again and again; however many workers there are, one of them does it. */
@Injectable()
export class MaintenanceSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MaintenanceSchedule.name);
  private cancelTimer: () => void = () => undefined;
  private isStopped = false;

  constructor(
    @InjectQueue(QUEUES.maintenance) private readonly queue: Queue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    void this.assure(); // not waited for: a queue that is slow to answer must not hold up the start
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.cancelTimer();
  }

  /** A schedule that is there already keeps its next time. */
  private async assure(): Promise<void> {
    await Promise.all(Object.values(MAINTENANCE_JOBS).map((job) => this.schedule(job)));
    if (!this.isStopped) this.cancelTimer = this.clock.after(ASSURE_EVERY_MS, () => void this.assure());
  }

  private async schedule(name: MaintenanceJob): Promise<void> {
    const opts = { removeOnComplete: KEPT_JOBS, removeOnFail: KEPT_JOBS };
    try {
      await this.queue.upsertJobScheduler(name, { every: EVERY_MS[name] }, { name, opts });
    } catch (error) {
      this.logger.error(error, `${name} could not be scheduled`);
    }
  }
}
