import type { ProviderConfig } from '@relay/config';
import type { LimitReason } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { WindowGate, type WindowNews } from '../domain/limits/window-gate';
import type { AdmissionRequest, SlotReport } from '../slot';
import { type LoweredCounts, PoolLimits } from './pool-limits';

/** For so long after the last call that ended a process knows how its provider fares, ms. */
const ACTIVE_MS = 10_000;

/** What is asked of the limits about a request. */
type Call = Pick<AdmissionRequest, 'model' | 'cost'>;
type Settings = Pick<ProviderConfig['limits'], 'concurrency' | 'adaptive'>;

interface CapacityOptions {
  readonly clock: Clock;
  /** How many slots all processes together may use, as the others see it. */
  readonly sharedLimit: () => number;
  /** How many it is, as this process sees it. */
  readonly onLimit: (limit: number) => void;
  /** More may be started than a moment ago. */
  readonly onMore: () => void;
  /** Nothing, or nothing as dear, may be started before; monotonic ms. */
  readonly onHeld: (until: number) => void;
}

/** Calls that this process knows of, the one that ends included. */
export interface CallsUnderWay {
  readonly inSlots: number; // of this process, lent ones included
  readonly borrowed: number; // in slots of other processes
}

/** What an administrator sees of it. */
export interface CapacityView {
  readonly limit: number; // slots of this process
  readonly poolLimit: number; // slots of all processes together, at the moment
  readonly configured: number;
  readonly limitedBy: LimitReason;
  readonly lowered: LoweredCounts; // of this process
  /** Models that are not called before, because nothing remains of what the provider allows; `*`: none is. Ms since the epoch. */
  readonly held: readonly { readonly model: string; readonly until: number }[];
}

/** How many calls of a provider this process may have under way: its block of the slots, of what the provider can take. */
export class PoolCapacity {
  private readonly limits: PoolLimits;
  private readonly windows = new WindowGate();
  private block = 0; // slots of this process
  private poolLimit: number; // slots of all processes, as of the latest look at `limits`
  private heardAt = -Infinity; // of a call that ended; monotonic ms

  constructor(
    { concurrency, adaptive }: Settings,
    private readonly options: CapacityOptions,
  ) {
    this.limits = new PoolLimits(concurrency, adaptive);
    this.poolLimit = concurrency;
  }

  /** What was lowered counts at once, here; the others hear of it. */
  get slots(): number {
    return Math.min(this.block, this.poolLimit);
  }

  setBlock(slots: number): void {
    this.block = slots;
    this.options.onMore();
  }

  configure({ concurrency, adaptive }: Settings): void {
    this.limits.configure(concurrency, adaptive);
    this.review();
  }

  /**
   * Further calls that may be started while so many slots are in use, some of them set aside for calls to come: as many as are free, and
   * as the provider's windows have room for.
   */
  free(inUse: number, setAside: number): number {
    const slots = this.slots - inUse;
    return slots <= 0 ? slots : Math.min(slots, this.windows.open(this.options.clock.monotonic()) - setAside);
  }

  /** Until when nothing remains for a call such as this one, while others may go; null: something does. */
  heldUntil({ model, cost }: Call, now: number): number | null {
    const byModel = model === undefined ? null : this.limits.heldUntil(model, now);
    if (this.windows.closedUntil(now) !== null) return byModel;
    const byWindows = this.windows.heldUntil(cost, now);
    return byModel === null || byWindows === null ? (byModel ?? byWindows) : Math.max(byModel, byWindows);
  }

  /** Until when it cannot be started, whatever the reason; null: it can, as soon as there is a slot. */
  opensAt(call: Call, now: number): number | null {
    const heldUntil = this.heldUntil(call, now);
    const closedUntil = this.windows.closedUntil(now);
    return heldUntil === null || closedUntil === null ? (heldUntil ?? closedUntil) : Math.max(heldUntil, closedUntil);
  }

  /** It would not be called now, though there were a slot. */
  isHeld(call: Call, now: number): boolean {
    return this.windows.open(now) === 0 || this.heldUntil(call, now) !== null;
  }

  started({ model, cost }: Call, now: number): void {
    this.windows.started(cost);
    if (model !== undefined) this.limits.started(model, now);
  }

  /** What the provider's windows said to a call that has a slot; null: it did not ask them. */
  heard({ cost }: Call, news: WindowNews | null): void {
    const { clock, onMore, onHeld } = this.options;
    const now = clock.monotonic();
    if (news !== null && !news.granted) {
      this.windows.refused(news.kind, cost, now + news.opensInMs, now);
      return onHeld(now + news.opensInMs);
    }
    const before = this.windows.open(now);
    if (news === null) this.windows.left();
    else this.windows.granted(news.room, this.slots);
    if (before === 0 && this.windows.open(now) > 0) onMore();
  }

  /** It was not made after all. */
  cancelled(model: string | undefined, startedAt: number): void {
    if (model !== undefined) this.limits.cancelled(model, startedAt);
  }

  /** A call of this process ended, one of those under way. */
  ended(report: SlotReport, model: string | undefined, startedAt: number, underWay: CallsUnderWay): void {
    const now = this.options.clock.monotonic();
    if (!this.isActive(now)) this.limits.adopt(this.options.sharedLimit(), now);
    this.heardAt = now;
    this.limits.observe(report, { model: model ?? '', inFlight: this.ofAll(underWay), startedAt }, now);
    this.review();
  }

  /**
   * Limits move with time as well. A process that has heard of no call lately has no say in how many there may be: its view would hold
   * the others back for ever.
   */
  review(): void {
    const now = this.options.clock.monotonic();
    const before = this.poolLimit;
    this.poolLimit = this.limits.view(now).limit;
    this.options.onLimit(this.isActive(now) ? this.poolLimit : this.limits.configuredLimit);
    if (this.poolLimit > before) this.options.onMore();
  }

  view(): CapacityView {
    const { clock } = this.options;
    const now = clock.monotonic();
    return {
      limit: this.block,
      poolLimit: this.poolLimit,
      configured: this.limits.configuredLimit,
      limitedBy: this.limits.view(now).limitedBy,
      lowered: this.limits.lowered,
      held: this.held(now).map(({ model, until }) => ({ model, until: clock.now() + until - now })),
    };
  }

  private held(now: number) {
    const closedUntil = this.windows.closedUntil(now);
    const held = this.limits.held(now);
    return closedUntil === null ? held : [{ model: '*', until: closedUntil }, ...held];
  }

  /** In flight of all processes, if the others have their slots in use as much as this one has those that it may use. */
  private ofAll({ inSlots, borrowed }: CallsUnderWay): number {
    const inFlight = inSlots + borrowed;
    return Math.max(inFlight, Math.round((inFlight * this.poolLimit) / Math.max(1, this.block + borrowed)));
  }

  private isActive(now: number): boolean {
    return now - this.heardAt < ACTIVE_MS;
  }
}
