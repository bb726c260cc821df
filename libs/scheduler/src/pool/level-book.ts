import type { QueueClass } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { type LevelAges, UPPER_LEVELS, type UpperLevel } from '../domain/levels-elsewhere';
import { MAX_TENANTS_TOLD } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';

/** Changes are told in this rhythm, ms; slots are held for longer as a rule. */
const TELL_EVERY_MS = 25;
/** The oldest request of a level is younger than the one that was told of by this, ms: a tenth of the least that a level yields. */
const TELL_AGE_MS = 1_000;

type Since = Record<QueueClass, Partial<Record<UpperLevel, number>>>; // monotonic ms

const CLASSES: readonly QueueClass[] = ['short', 'long'];

export type WaitsSince = (tenantId: string, queueClass: QueueClass, level: UpperLevel) => number | undefined;

interface LevelBookOptions {
  readonly poolId: string;
  readonly bus: MessageBus;
  readonly clock: Clock;
  /** Since when the tenant's oldest request of the class and level waits that may be called; undefined: none does. Monotonic ms. */
  readonly waitsSince: WaitsSince;
  /** Whether requests that would let this level pass come to other processes. */
  readonly matters: (level: UpperLevel) => boolean;
  readonly onFault: (error: unknown) => void;
}

/**
 * Tells the other processes which tenants wait here at a level above batch, so that levels hold over processes: when one begins to and when
 * none does any more, and every second while it does. Only while somebody elsewhere would yield.
 */
export class LevelBook {
  private readonly changed = new Set<string>(); // tenants
  private readonly told = new Map<string, Since>(); // by tenant
  private cancel: (() => void) | null = null;

  constructor(private readonly options: LevelBookOptions) {}

  /** What waits of a tenant may have changed. */
  note(tenantId: string): void {
    const { bus, clock, matters } = this.options;
    if (!bus.shared || (!this.told.has(tenantId) && !UPPER_LEVELS.some(matters))) return;
    this.changed.add(tenantId);
    this.cancel ??= clock.after(TELL_EVERY_MS, () => this.tellChanges());
  }

  /** What holds is said again, of these and of those that were told of. */
  tellAgain(tenantIds: Iterable<string>): void {
    if (!this.options.bus.shared) return;
    this.tell(new Set([...tenantIds, ...this.told.keys()]), true);
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
    this.changed.clear();
  }

  private tellChanges(): void {
    const changed = [...this.changed];
    this.close();
    this.tell(changed, false);
  }

  private tell(tenantIds: Iterable<string>, again: boolean): void {
    const { poolId, bus, clock, onFault } = this.options;
    const now = clock.monotonic();
    const tenants: [string, LevelAges][] = [];
    for (const tenantId of tenantIds) {
      const [since, told] = [this.sinceOf(tenantId), this.told.get(tenantId)];
      if (!(again && since) && !isNews(since, told)) continue;
      if (since) this.told.set(tenantId, since);
      else this.told.delete(tenantId);
      tenants.push([tenantId, agesOf(since, now)]);
    }
    for (let first = 0; first < tenants.length; first += MAX_TENANTS_TOLD) {
      const some = tenants.slice(first, first + MAX_TENANTS_TOLD);
      bus.broadcast({ type: 'levels', pool: poolId, tenants: some }).catch(onFault);
    }
  }

  /** Undefined: nothing that matters waits. */
  private sinceOf(tenantId: string): Since | undefined {
    const { waitsSince, matters } = this.options;
    let all: Since | undefined;
    for (const level of UPPER_LEVELS) {
      if (!matters(level)) continue;
      for (const queueClass of CLASSES) {
        const since = waitsSince(tenantId, queueClass, level);
        if (since !== undefined) (all ??= { short: {}, long: {} })[queueClass][level] = since;
      }
    }
    return all;
  }
}

const isNews = (since: Since | undefined, told: Since | undefined): boolean =>
  CLASSES.some((queueClass) =>
    UPPER_LEVELS.some((level) => {
      const [is, was] = [since?.[queueClass][level], told?.[queueClass][level]];
      return is === undefined || was === undefined ? is !== was : is - was >= TELL_AGE_MS;
    }),
  );

function agesOf(since: Since | undefined, now: number): LevelAges {
  const ages: LevelAges = {};
  if (!since) return ages;
  for (const queueClass of CLASSES)
    for (const level of UPPER_LEVELS) {
      const at = since[queueClass][level];
      if (at !== undefined) (ages[queueClass] ??= {})[level] = now - at;
    }
  return ages;
}
