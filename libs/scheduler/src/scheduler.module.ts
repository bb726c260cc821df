import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { type Clock, CLOCK } from '@relay/core';
import { QueueFactory, REDIS_OF_SLOTS, RedisConnections } from '@relay/database';
import type { Redis } from 'ioredis';
import { Admission } from './admission/admission.service';
import { redisBackend, singleProcessBackend } from './adapters/backends';
import { BudgetAlerts } from './budgets/budget-alerts';
import { BudgetBook } from './budgets/budget-book';
import { BudgetTable } from './budgets/budget-table';
import { BudgetWatch } from './budgets/budget-watch';
import { Budgets } from './budgets/budgets.service';
import { lineHealth } from './fault-log';
import { RANDOM, SCHEDULER_BACKEND, type SchedulerBackend } from './ports/scheduler-backend.port';
import { LatencySketchStore } from './prediction/latency-sketch.store';
import { Predictions } from './prediction/predictions.service';
import { RateLimits } from './rates/rate-limits.service';
import { Scheduler } from './scheduler.service';

const NAMESPACE = 'relay';

function createBackend(
  redis: Redis | null,
  connections: RedisConnections,
  queues: QueueFactory,
  clock: Clock,
): SchedulerBackend {
  const options = { processId: randomUUID(), namespace: NAMESPACE, queues, clock, health: lineHealth() };
  const subscriber = connections.createSubscriber();
  return redis && subscriber ? redisBackend(options, redis, subscriber) : singleProcessBackend(options);
}

/** Needs the clock, the configuration and the stores from the application. */
@Module({
  providers: [
    Scheduler,
    Admission,
    Predictions,
    LatencySketchStore,
    RateLimits,
    Budgets,
    BudgetAlerts,
    BudgetBook,
    BudgetTable,
    BudgetWatch,
    { provide: RANDOM, useValue: Math.random },
    {
      provide: SCHEDULER_BACKEND,
      useFactory: createBackend,
      inject: [REDIS_OF_SLOTS, RedisConnections, QueueFactory, CLOCK],
    },
  ],
  exports: [Scheduler, Admission, Predictions, RateLimits, Budgets, BudgetAlerts, BudgetBook, BudgetTable, BudgetWatch],
})
export class SchedulerModule {}
