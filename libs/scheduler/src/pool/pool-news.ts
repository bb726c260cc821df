import type { QueueClass } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { type LevelAges, LevelsElsewhere, type UpperLevel } from '../domain/levels-elsewhere';
import { type Heads, LineHeads } from '../domain/line-heads';
import { type Kind, Presence } from '../domain/presence';
import type { ClockReading } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';
import type { WaitingRoom } from '../domain/waiting-room';
import { LevelBook, type WaitsSince } from './level-book';
import type { Waiter } from './waiter';

interface NewsOptions {
  readonly poolId: string;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly clockReading: () => ClockReading;
  /** The lowest start tags of this process's tickets; null: it has none in line. */
  readonly ownHeads: () => Heads | null;
  readonly waitsSince: WaitsSince;
  readonly onFault: (error: unknown) => void;
}

/** What this process tells the others of one pool (who waits here, which kinds of requests come), and what they told. */
export class PoolNews {
  readonly presence = new Presence();
  readonly heads = new LineHeads();
  readonly elsewhere = new LevelsElsewhere();
  private readonly levels: LevelBook;
  private announcing = false;

  constructor(private readonly options: NewsOptions) {
    const { poolId, bus, clock, waitsSince, onFault } = options;
    const matters = (level: UpperLevel): boolean => this.isPassed(level, clock.monotonic());
    this.levels = new LevelBook({ poolId, bus, clock, waitsSince, matters, onFault });
  }

  /** A ticket stands. The others hear of all those of one turn together. */
  ticketStands(): void {
    if (this.announcing) return;
    this.announcing = true;
    queueMicrotask(() => {
      this.announcing = false;
      this.announce();
    });
  }

  /** What waits of a tenant may have changed. */
  tenantChanged(tenantId: string): void {
    this.levels.note(tenantId);
  }

  /** To be called every second: messages get lost, and new processes come. */
  review(room: WaitingRoom<Waiter>): void {
    const now = this.options.clock.monotonic();
    this.elsewhere.review(now);
    if (room.countOfLevel('batch') > 0) this.presence.waits('batch', now); // lets what others hold pass, however long it waits
    this.announce();
    this.tellPresent(now);
    this.levels.tellAgain(room.tenantIds());
  }

  /** Whether other processes have tickets of the class in line. */
  othersStand(queueClass: QueueClass): boolean {
    return this.heads.lowest(queueClass, this.options.clock.monotonic()) < Infinity;
  }

  /** Gives the tenants that were told of. */
  hearLevels(from: string, tenants: readonly (readonly [string, LevelAges])[]): string[] {
    const now = this.options.clock.monotonic();
    return tenants.map(([tenantId, ages]) => {
      this.elsewhere.hear(from, tenantId, ages, now);
      return tenantId;
    });
  }

  /** To kinds of requests that are new there, what waits here may matter. */
  hearPresent(kinds: readonly Kind[], room: WaitingRoom<Waiter>): void {
    const now = this.options.clock.monotonic();
    const isNew = kinds.some((kind) => !this.presence.isElsewhere(kind, now));
    this.presence.heard(kinds, now);
    if (isNew) this.levels.tellAgain(room.tenantIds());
  }

  /** A request has to wait: others are to know at once of a kind that is new here. */
  requestWaits(): void {
    this.tellPresent(this.options.clock.monotonic());
  }

  /** A process has stopped. */
  processLeft(processId: string): void {
    this.elsewhere.left(processId);
  }

  close(): void {
    this.levels.close();
  }

  private announce(): void {
    const { poolId, bus, clockReading, ownHeads, onFault } = this.options;
    const heads = bus.shared ? ownHeads() : null;
    if (heads) bus.broadcast({ type: 'waiting', pool: poolId, clock: clockReading(), heads }).catch(onFault);
  }

  private tellPresent(now: number): void {
    const { poolId, bus, onFault } = this.options;
    const kinds = bus.shared ? this.presence.toTell(now) : [];
    if (kinds.length > 0) bus.broadcast({ type: 'present', pool: poolId, kinds }).catch(onFault);
  }

  /** Whether requests come to other processes that let this level pass. */
  private isPassed(level: UpperLevel, now: number): boolean {
    if (this.presence.isElsewhere('batch', now)) return true;
    return level === 'interactive' && this.presence.isElsewhere('others', now);
  }
}
