import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { type ConfigConsumer, ConfigStore, type ProviderConfig, type RelayConfig } from '@relay/config';
import { type Clock, CLOCK, err, ok, RelayError, type Result } from '@relay/core';
import type { RoomCaps } from './domain/waiting-room';
import { ShortLongThreshold } from './domain/prediction/short-long-threshold';
import { FaultLog, ledgerHealth } from './fault-log';
import { type Outlook, Pool, type PoolContext, type PoolSnapshot } from './pool/pool';
import type { ReceivedMessage } from './ports/message-bus.port';
import { RANDOM, type Random, SCHEDULER_BACKEND, type SchedulerBackend } from './ports/scheduler-backend.port';
import type { AdmissionRequest, Slot } from './slot';
import type { SlotBlock } from './slots/slot-block';
import { SlotBook } from './slots/slot-book';
import { TenantUsage } from './tenant-usage';
import type { OutlookRequest } from './pool/wait-forecast';

/** Rhythm of everything that is not triggered by an event, ms. */
const TICK_MS = 1_000;

const SHUTTING_DOWN = 'The relay is shutting down.';
const NOT_CONFIGURED = 'The provider is no longer configured.';

/** Admission to upstream capacity: one pool of slots per provider, shared fairly among tenants. */
@Injectable()
export class Scheduler implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pools = new Map<string, Pool>();
  private readonly blocks = new Map<string, SlotBlock>(); // of the pools
  private readonly slots: SlotBook;
  private readonly usage: TenantUsage;
  private readonly faults: FaultLog;
  private readonly border = new ShortLongThreshold();
  private cancelTick: () => void = () => undefined;
  private closed = false;

  constructor(
    @Inject(ConfigStore) private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(SCHEDULER_BACKEND) private readonly backend: SchedulerBackend,
  ) {
    this.faults = new FaultLog(clock);
    this.slots = new SlotBook({
      ...{ ledger: backend.slots, bus: backend.bus, clock, health: ledgerHealth() },
      onFault: (error) => this.fault('slots', error),
      onBeat: () => this.usage.forgetIdle(),
    });
    this.usage = new TenantUsage({
      slots: this.slots,
      waitingOf: (tenantId) => this.waitingOf(tenantId),
      onMore: (tenantId) => this.tenantFreed(tenantId),
    });
    config.register(this.consumer());
  }

  onModuleInit(): void {
    const { bus } = this.backend;
    bus
      .start((received) => this.receive(received))
      .then(() => bus.broadcast({ type: 'hello' }))
      .catch((error: unknown) => this.fault('cannot talk to the other processes', error));
    this.slots.start();
    this.scheduleTick();
  }

  /** The slots of this process are known before the first request comes, or the ledger is away. */
  async onApplicationBootstrap(): Promise<void> {
    await this.slots.settled();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** The fast path: a slot at once and synchronously, or `null` if the request has to wait. */
  tryAcquire(request: AdmissionRequest): Slot | null {
    this.border.observe(request.cost, this.clock.monotonic());
    return this.pools.get(request.poolId)?.tryAcquire(request) ?? null;
  }

  /** A slot, waiting for it if need be. Refusals: `overloaded` (with Retry-After), `client_closed`, `unavailable`. */
  admit(request: AdmissionRequest): Promise<Result<Slot, RelayError>> {
    const pool = this.pools.get(request.poolId);
    if (!pool) return Promise.resolve(err(new RelayError('unavailable', NOT_CONFIGURED)));
    const slot = request.signal.aborted ? null : pool.tryAcquire(request);
    if (slot) return Promise.resolve(ok(slot));
    const outcome = pool.wait(request);
    this.reviewSlots(request);
    return outcome;
  }

  /** What a request would meet that asked now; null for a pool that does not exist. */
  outlook(request: OutlookRequest): Outlook | null {
    return this.pools.get(request.poolId)?.outlook(request) ?? null;
  }

  /** Nothing remains of a rate limit of the provider, its own or one that it told of, for a request such as this one, for now. */
  isHeld(request: Pick<AdmissionRequest, 'poolId' | 'model' | 'cost'>): boolean {
    return this.pools.get(request.poolId)?.isHeld(request) ?? false;
  }

  /** Processes that share the limits, as far as is known. */
  get processes(): number {
    return this.slots.processes;
  }

  /** From which predicted cost on a request is better called long: learned from those that came. Tokens. */
  get longCostTokens(): number {
    return this.border.tokens;
  }

  /** Whether the ledger of slots can be reached; while it cannot, each process goes by its own part of the limits. */
  get ledgerUp(): boolean {
    return this.slots.reachable;
  }

  snapshot(): PoolSnapshot[] {
    return [...this.pools.values()].map((pool) => {
      const block = this.blocks.get(pool.id);
      const shared = block && { poolLimit: block.poolLimit, processes: Math.max(1, block.processes) };
      return { ...pool.snapshot(), ...shared };
    });
  }

  /** Refuses what still waits and leaves the line; slots in use stay valid. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.cancelTick();
    const { bus } = this.backend;
    bus.broadcast({ type: 'bye' }).catch(() => undefined); // before the ledger gives these slots to others; whoever misses it finds out
    const closing = [...this.pools.values()].map((pool) => pool.close(SHUTTING_DOWN));
    await Promise.allSettled([...closing, this.slots.close()]);
    await bus.close();
  }

  private consumer(): ConfigConsumer {
    return {
      name: 'scheduler',
      prepare: (config) => ({ problems: [], apply: () => this.apply(config) }),
    };
  }

  private apply(config: RelayConfig): void {
    const wanted = new Map(config.providers.map(({ id, limits }) => [id, limits]));
    for (const [id, pool] of this.pools) {
      if (wanted.has(id)) continue;
      this.pools.delete(id);
      this.blocks.delete(id);
      this.slots.drop(id);
      this.watch(pool.close(NOT_CONFIGURED));
    }
    for (const [id, limits] of wanted) {
      const pool = this.pools.get(id);
      if (pool) pool.configure(limits);
      else this.openPool(id, limits);
    }
  }

  private openPool(id: string, limits: ProviderConfig['limits']): void {
    const pool = this.createPool(id, limits);
    this.pools.set(id, pool);
    const block = this.slots.block(id, limits.concurrency, pool, (size) => pool.setLimit(size));
    this.blocks.set(id, block);
  }

  private createPool(id: string, limits: ProviderConfig['limits']): Pool {
    const context: PoolContext = {
      clock: this.clock,
      random: this.random,
      bus: this.backend.bus,
      usage: this.usage,
      caps: () => this.caps(),
      shares: () => this.config.current.scheduler,
      sharedLimit: () => this.blocks.get(id)?.poolLimit ?? Infinity,
      onLimit: (limit) => this.blocks.get(id)?.setLimit(limit),
      onReturned: () => this.blocks.get(id)?.review(),
      onLeft: (request) => this.afterLeaving(request),
      onFault: (error) => this.fault(`pool ${id}`, error),
    };
    return new Pool(id, limits, this.backend.openLine(id), context);
  }

  private caps(): RoomCaps {
    const { maxQueuedPerTenant, maxQueued, maxQueuedBytesPerTenant, maxQueuedBytes } = this.config.current.scheduler;
    return {
      perTenant: maxQueuedPerTenant,
      total: maxQueued,
      perTenantBytes: maxQueuedBytesPerTenant,
      totalBytes: maxQueuedBytes,
    };
  }

  private receive({ from, message }: ReceivedMessage): void {
    if (this.closed) return;
    if (message.type === 'recall' || message.type === 'freed') return this.slots.receive(message);
    if (message.type === 'bye') return this.pools.forEach((pool) => pool.processLeft(from));
    if (message.type !== 'hello') return this.pools.get(message.pool)?.receive(from, message);
    for (const pool of this.pools.values()) {
      pool.newcomer();
      this.watch(this.sendClock(from, pool));
    }
  }

  private async sendClock(to: string, pool: Pool): Promise<void> {
    await this.backend.bus.send(to, { type: 'clock', pool: pool.id, clock: pool.clockReading() });
  }

  private afterLeaving(request: AdmissionRequest): void {
    this.reviewSlots(request);
    if (request.tenantConcurrency !== undefined) this.tenantFreed(request.tenantId);
  }

  private tenantFreed(tenantId: string): void {
    for (const pool of this.pools.values()) pool.tenantFreed(tenantId);
  }

  private waitingOf(tenantId: string): number {
    let waiting = 0;
    for (const pool of this.pools.values()) waiting += pool.waitingOf(tenantId);
    return waiting;
  }

  /** A request began to wait, or left: what this process needs has changed. */
  private reviewSlots({ poolId, tenantId, tenantConcurrency }: AdmissionRequest): void {
    this.blocks.get(poolId)?.review();
    if (tenantConcurrency !== undefined) this.usage.review(tenantId);
  }

  private scheduleTick(): void {
    this.cancelTick = this.clock.after(TICK_MS, () => {
      this.scheduleTick();
      for (const pool of this.pools.values()) this.watch(pool.tend());
    });
  }

  private watch(work: Promise<void>): void {
    work.catch((error: unknown) => this.fault('housekeeping', error));
  }

  private fault(what: string, error: unknown): void {
    if (!this.closed) this.faults.fault(what, error); // stores that close before the last slot is free are no fault
  }
}
