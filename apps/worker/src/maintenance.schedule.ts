import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MAINTENANCE_JOBS, QUEUES, type MaintenanceJob } from '@relay/contracts';
import type { Queue } from 'bullmq';

const MINUTE_MS = 60_000;
const EVERY_MS = {
  [MAINTENANCE_JOBS.tracePartitions]: 60 * MINUTE_MS,
  [MAINTENANCE_JOBS.cache]: 5 * MINUTE_MS,
  [MAINTENANCE_JOBS.batches]: MINUTE_MS,
  [MAINTENANCE_JOBS.responses]: MINUTE_MS,
} satisfies Record<MaintenanceJob, number>;
const KEPT_JOBS = 50;

/** Asks for maintenance again and again; however many workers there are, one of them does it. */
@Injectable()
export class MaintenanceSchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(MaintenanceSchedule.name);

  constructor(@InjectQueue(QUEUES.maintenance) private readonly queue: Queue) {}

  onApplicationBootstrap(): void {
    // Not waited for: a queue that is slow to answer must not hold up the start.
    for (const job of Object.values(MAINTENANCE_JOBS)) {
      this.schedule(job).catch((error: unknown) => this.logger.error(error, `${job} could not be scheduled`));
    }
  }

  private async schedule(name: MaintenanceJob): Promise<void> {
    const opts = { removeOnComplete: KEPT_JOBS, removeOnFail: KEPT_JOBS };
    await this.queue.upsertJobScheduler(name, { every: EVERY_MS[name] }, { name, opts });
  }
}
