import type { Clock } from '@relay/core';
import type { Redis } from 'ioredis';
import type { SchedulerBackend } from '../ports/scheduler-backend.port';
import { BullTicketLine, type TicketQueues } from './bull-ticket-line';
import { BullTicketRecord } from './bull-ticket-record';
import { FailoverTicketLine, type LineHealth } from './failover-ticket-line';
import { InProcessBus } from './in-process-bus';
import { MemorySlotLedger } from './memory-slot-ledger';
import { RedisBus } from './redis-bus';
import { RedisSlotLedger } from './redis-slot-ledger';
import { TimedSlotLedger } from './timed-slot-ledger';
import { WriteBehindTicketLine } from './write-behind-ticket-line';

interface BackendOptions {
  readonly processId: string; // unique per start
  readonly namespace: string; // keys and channels of one relay
  readonly queues: TicketQueues;
  readonly clock: Clock;
  readonly health: LineHealth;
  readonly leaseMs?: number | undefined; // of slots
}

/** Where the jobs of one pool are. The braces are a Redis Cluster hash tag: all its keys live on one node. */
function prefixOf(namespace: string, poolId: string): string {
  return `{${namespace}:${poolId.replaceAll(/[{}]/g, '')}}`;
}

/** One process, that shares its slots with nobody: the line is called from memory and written down behind (PostgreSQL, embedded or not). */
export function singleProcessBackend(options: BackendOptions): SchedulerBackend {
  const { processId, namespace, queues, clock, health } = options;
  const record = (poolId: string) => new BullTicketRecord(queues, prefixOf(namespace, poolId));
  return {
    bus: new InProcessBus(processId),
    slots: new MemorySlotLedger(processId, clock),
    openLine: (poolId) => new WriteBehindTicketLine(record(poolId), clock, health),
  };
}

/** Any number of processes that share one Redis; `redis` waits for late answers, so that a busy process does not take them for an outage. */
export function redisBackend(options: BackendOptions, redis: Redis, subscriber: Redis): SchedulerBackend {
  const { processId, namespace, queues, clock, health, leaseMs } = options;
  const line = (poolId: string) =>
    new BullTicketLine(queues, prefixOf(namespace, poolId), processId, () => clock.monotonic());
  return {
    bus: new RedisBus(processId, redis, subscriber, namespace),
    slots: new TimedSlotLedger(new RedisSlotLedger(processId, redis, namespace, leaseMs), clock),
    openLine: (poolId) => new FailoverTicketLine(line(poolId), clock, health),
  };
}
