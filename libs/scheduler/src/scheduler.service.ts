import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type ConfigConsumer, ConfigStore, type RelayConfig } from '@relay/config';
import { type Clock, CLOCK, err, ok, RelayError, type Result } from '@relay/core';
import { FaultLog } from './fault-log';
import { type Outlook, Pool, type PoolContext, type PoolSnapshot } from './pool';
import type { ReceivedMessage } from './ports/message-bus.port';
import { RANDOM, type Random, SCHEDULER_BACKEND, type SchedulerBackend } from './ports/scheduler-backend.port';
import type { AdmissionRequest, Slot } from './slot';
import { TenantUsage } from './tenant-usage';

/** Rhythm of everything that is not triggered by an event, ms. */
const TICK_MS = 1_000;
/** Every this-many-th tick tells the other processes that this one lives. */
const BEAT_TICKS = 2;

const SHUTTING_DOWN = 'The relay is shutting down.';
const NOT_CONFIGURED = 'The provider is no longer configured.';

/** Admission to upstream capacity: one pool of slots per provider, shared fairly among tenants. */
@Injectable()
export class Scheduler implements OnModuleInit, OnApplicationShutdown {
  private readonly pools = new Map<string, Pool>();
  private readonly usage = new TenantUsage();
  private readonly faults: FaultLog;
  private processes = 1;
  private ticks = 0;
  private cancelTick: () => void = () => undefined;
  private draining = false;
  private closed = false;
  private onIdle: (() => void)[] = [];

  constructor(
    @Inject(ConfigStore) private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(SCHEDULER_BACKEND) private readonly backend: SchedulerBackend,
  ) {
    this.faults = new FaultLog(clock);
    config.register(this.consumer());
  }

  /** Does not wait for the others: until they answer, this process has the pools to itself. */
  onModuleInit(): void {
    const { bus } = this.backend;
    bus
      .start((received) => this.receive(received))
      .then(() => bus.broadcast({ type: 'hello' }))
      .catch((error: unknown) => this.fault('cannot talk to the other processes', error));
    this.beat();
    this.scheduleTick();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** The fast path: a slot at once and synchronously, or `null` if the request has to wait. */
  tryAcquire(request: AdmissionRequest): Slot | null {
    return this.pools.get(request.poolId)?.tryAcquire(request) ?? null;
  }

  /** A slot, waiting for it if need be. Refusals: `overloaded` (with Retry-After), `client_closed`, `unavailable`. */
  admit(request: AdmissionRequest): Promise<Result<Slot, RelayError>> {
    const pool = this.pools.get(request.poolId);
    if (!pool) return Promise.resolve(err(new RelayError('unavailable', NOT_CONFIGURED)));
    const slot = request.signal.aborted ? null : pool.tryAcquire(request);
    return slot ? Promise.resolve(ok(slot)) : pool.wait(request);
  }

  /** What a request would meet that asked now; null for a pool that does not exist. */
  outlook(
    request: Pick<AdmissionRequest, 'poolId' | 'tenantId' | 'weight' | 'class' | 'level' | 'cost'>,
  ): Outlook | null {
    return this.pools.get(request.poolId)?.outlook(request) ?? null;
  }

  snapshot(): PoolSnapshot[] {
    return [...this.pools.values()].map((pool) => pool.snapshot());
  }

  /** Lets nothing more wait; settles when everything that waits or runs is done. The caller bounds the time. */
  drain(): Promise<void> {
    this.draining = true;
    for (const pool of this.pools.values()) pool.refuseWaiting(SHUTTING_DOWN);
    return new Promise((resolve) => {
      this.onIdle.push(resolve);
      this.checkIdle();
    });
  }

  /** Refuses what still waits and leaves the line; slots in use stay valid. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.cancelTick();
    const { bus, processes } = this.backend;
    const closing = [...this.pools.values()].map((pool) => pool.close(SHUTTING_DOWN));
    await Promise.allSettled([...closing, processes.leave()]);
    await bus.close();
  }

  private consumer(): ConfigConsumer {
    return {
      name: 'scheduler',
      prepare: (config) => ({ problems: [], apply: () => this.apply(config) }),
    };
  }

  private apply(config: RelayConfig): void {
    const wanted = new Map(config.providers.map((provider) => [provider.id, provider.limits.concurrency]));
    for (const [id, pool] of this.pools) {
      if (wanted.has(id)) continue;
      this.pools.delete(id);
      this.watch(pool.close(NOT_CONFIGURED));
    }
    for (const [id, limit] of wanted) {
      const pool = this.pools.get(id);
      if (pool) pool.setLimit(this.share(limit));
      else this.pools.set(id, this.createPool(id, limit));
    }
  }

  private createPool(id: string, limit: number): Pool {
    const context: PoolContext = {
      clock: this.clock,
      random: this.random,
      bus: this.backend.bus,
      usage: this.usage,
      caps: () => this.caps(),
      shares: () => this.config.current.scheduler,
      onLeft: (request) => this.afterLeaving(request),
      onFault: (error) => this.fault(`pool ${id}`, error),
    };
    const pool = new Pool(id, this.share(limit), this.backend.openLine(id), context);
    if (this.draining) pool.refuseWaiting(SHUTTING_DOWN);
    return pool;
  }

  private caps(): { perTenant: number; total: number } {
    const { maxQueuedPerTenant, maxQueued } = this.config.current.scheduler;
    return { perTenant: maxQueuedPerTenant, total: maxQueued };
  }

  /** Each process has an equal part of a limit, rounded up; leases of exact blocks of slots would divide it without remainder. */
  private share(limit: number): number {
    return Math.max(1, Math.ceil(limit / this.processes));
  }

  private receive({ from, message }: ReceivedMessage): void {
    if (this.closed) return;
    if (message.type !== 'hello') return this.pools.get(message.pool)?.receive(from, message);
    for (const pool of this.pools.values()) this.watch(this.sendClock(from, pool));
  }

  private async sendClock(to: string, pool: Pool): Promise<void> {
    await this.backend.bus.send(to, { type: 'clock', pool: pool.id, clock: pool.clockReading() });
  }

  private afterLeaving(request: AdmissionRequest): void {
    if (request.tenantConcurrency !== undefined) {
      for (const pool of this.pools.values()) pool.tenantFreed(request.tenantId);
    }
    if (this.onIdle.length > 0) this.checkIdle();
  }

  private checkIdle(): void {
    for (const pool of this.pools.values()) if (!pool.idle) return;
    const listeners = this.onIdle;
    this.onIdle = [];
    for (const listener of listeners) listener();
  }

  private scheduleTick(): void {
    this.cancelTick = this.clock.after(TICK_MS, () => {
      this.scheduleTick();
      if (++this.ticks % BEAT_TICKS === 0) this.beat();
      for (const pool of this.pools.values()) this.watch(pool.tend());
    });
  }

  private beat(): void {
    const counted = this.backend.processes.beat().then((processes) => {
      if (processes === this.processes || this.closed) return;
      this.processes = processes;
      this.apply(this.config.current);
    });
    this.watch(counted);
  }

  private watch(work: Promise<void>): void {
    work.catch((error: unknown) => this.fault('housekeeping', error));
  }

  private fault(what: string, error: unknown): void {
    if (!this.closed) this.faults.fault(what, error); // stores that close before the last slot is free are no fault
  }
}
