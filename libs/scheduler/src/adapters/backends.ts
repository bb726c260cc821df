import type { Clock } from '@relay/core';
import type { Redis } from 'ioredis';
import type { SchedulerBackend } from '../ports/scheduler-backend.port';
import { BullTicketLine, type TicketQueues } from './bull-ticket-line';
import { FailoverTicketLine, type LineHealth } from './failover-ticket-line';
import { InProcessBus } from './in-process-bus';
import { MemorySlotLedger } from './memory-slot-ledger';
import { RedisBus } from './redis-bus';
import { RedisSlotLedger } from './redis-slot-ledger';

interface BackendOptions {
  readonly processId: string; // unique per start
  readonly namespace: string; // keys and channels of one relay
  readonly queues: TicketQueues;
  readonly clock: Clock;
  readonly health: LineHealth;
}

function lineOpener(options: BackendOptions): SchedulerBackend['openLine'] {
  const { processId, namespace, queues, clock, health } = options;
  return (poolId) => {
    // The braces are a Redis Cluster hash tag: all keys of one pool live on one node.
    const prefix = `{${namespace}:${poolId.replaceAll(/[{}]/g, '')}}`;
    const line = new BullTicketLine(queues, prefix, processId, () => clock.monotonic());
    return new FailoverTicketLine(line, clock, health);
  };
}

/** One process: the line may still be durable (PostgreSQL, embedded or not), but there is nobody else to talk to. */
export function singleProcessBackend(options: BackendOptions): SchedulerBackend {
  const { processId, clock } = options;
  return {
    bus: new InProcessBus(processId),
    slots: new MemorySlotLedger(processId, clock),
    openLine: lineOpener(options),
  };
}

/** Any number of processes that share one Redis. */
export function redisBackend(options: BackendOptions, redis: Redis, subscriber: Redis): SchedulerBackend {
  const { processId, namespace } = options;
  return {
    bus: new RedisBus(processId, redis, subscriber, namespace),
    slots: new RedisSlotLedger(processId, redis, namespace),
    openLine: lineOpener(options),
  };
}
