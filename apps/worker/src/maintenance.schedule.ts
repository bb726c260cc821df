import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MAINTENANCE_JOBS, QUEUES } from '@relay/contracts';
import type { Queue } from 'bullmq';

const HOUR_MS = 3_600_000;
const KEPT_JOBS = 50;

/** Asks for maintenance every hour; however many workers there are, one of them does it. */
@Injectable()
export class MaintenanceSchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(MaintenanceSchedule.name);

  constructor(@InjectQueue(QUEUES.maintenance) private readonly queue: Queue) {}

  onApplicationBootstrap(): void {
    // Not waited for: a queue that is slow to answer must not hold up the start.
    this.queue
      .upsertJobScheduler(
        MAINTENANCE_JOBS.tracePartitions,
        { every: HOUR_MS },
        { name: MAINTENANCE_JOBS.tracePartitions, opts: { removeOnComplete: KEPT_JOBS, removeOnFail: KEPT_JOBS } },
      )
      .catch((error: unknown) => this.logger.error(error, 'the maintenance schedule could not be set'));
  }
}
