import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { MAINTENANCE_JOBS, QUEUES, type MaintenanceJob } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { ensureDailyPartitions, QueueFactory } from '@relay/database';
import { CanaryGuard } from '@relay/policy';
import { ResponseUpkeep } from '@relay/responses';
import { dropFeedbackBefore, dropPlansBefore, FEEDBACK_RETENTION_MS } from '@relay/trace';
import type { Job } from 'bullmq';
import { DataSource } from 'typeorm';
import { AlertWatch } from './alerts/alert-watch';
import { BatchMaintenance } from './batches/batch-maintenance';
import { CacheMaintenance } from './cache-maintenance';
import { UsageUpkeep } from './usage/usage-upkeep';
import { dropOutdatedTraces, tracesKeptFrom } from './trace-retention';

/** Days made in advance: a worker that is down over a long weekend must not stop traces from being stored. */
const DAYS_AHEAD = 7;

/** Keeps the stores in order: partitions for the days to come, nothing past its retention. */
@Processor(QUEUES.maintenance)
export class MaintenanceProcessor extends WorkerHost {
  private readonly logger = new Logger(MaintenanceProcessor.name);
  private readonly handlers = {
    [MAINTENANCE_JOBS.tracePartitions]: () => this.tracePartitions(),
    [MAINTENANCE_JOBS.cache]: () => this.cache.run(),
    [MAINTENANCE_JOBS.batches]: () => this.batches.run(),
    [MAINTENANCE_JOBS.responses]: () => this.responses.run(),
    [MAINTENANCE_JOBS.alerts]: () => this.alerts.run(),
    [MAINTENANCE_JOBS.usage]: () => this.usage.run(),
    [MAINTENANCE_JOBS.policyCanary]: () => this.canary.run(),
  } satisfies Record<MaintenanceJob, () => Promise<void>>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: ConfigStore,
    private readonly cache: CacheMaintenance,
    private readonly batches: BatchMaintenance,
    private readonly responses: ResponseUpkeep,
    private readonly alerts: AlertWatch,
    private readonly usage: UsageUpkeep,
    private readonly canary: CanaryGuard,
    private readonly queues: QueueFactory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  async process(job: Job): Promise<void> {
    const handler = this.handlers[job.name as MaintenanceJob] as (() => Promise<void>) | undefined;
    if (!handler)
      throw new Error(`there is no maintenance job "${job.name}"; known: ${Object.keys(this.handlers).join(', ')}`);
    await handler();
  }

  @OnWorkerEvent('error')
  hearError(error: Error): void {
    this.queues.fault(QUEUES.maintenance, error);
  }

  private async tracePartitions(): Promise<void> {
    const now = this.clock.now();
    await ensureDailyPartitions(this.dataSource, now, DAYS_AHEAD);
    const { traces } = this.config.current;
    await this.usage.freezeBefore(tracesKeptFrom(now, traces)); // what cannot be counted now stays until it can
    for (const { days, tables } of await dropOutdatedTraces(this.dataSource, traces, now))
      this.logger.log(`dropped ${tables.join(', ')}: past the retention of ${days} days`);
    const keptFrom = tracesKeptFrom(now, traces);
    await dropPlansBefore(this.dataSource, keptFrom);
    await dropFeedbackBefore(this.dataSource, now - FEEDBACK_RETENTION_MS);
    await this.usage.forget();
  }
}
