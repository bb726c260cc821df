import type { ServiceLevel } from '@relay/contracts';
import { YIELDS_MS } from './levels';

/** Levels that others let pass. */
export const UPPER_LEVELS = ['interactive', 'standard'] as const satisfies readonly ServiceLevel[];
export type UpperLevel = (typeof UPPER_LEVELS)[number];

/** How long the oldest request of each level has waited that may be called, ms; absent: none of the level waits. */
export type LevelAges = Partial<Record<UpperLevel, number>>;

/** What a process said is forgotten after this, ms; it says it again every second while it holds. */
const FORGET_AFTER_MS = 3_000;
/** Far more than wait at a time; of more tenants some yield nothing. */
const MAX_TENANTS = 10_000;

interface Told {
  readonly since: Partial<Record<UpperLevel, number>>; // monotonic ms, of this process's clock
  readonly at: number; // monotonic ms
}

/** What waits in other processes at the levels above batch, by tenant: the requests of a level below that wait here let it pass. */
export class LevelsElsewhere {
  private readonly tenants = new Map<string, Map<string, Told>>(); // by tenant, then by process

  hear(from: string, tenantId: string, ages: LevelAges, now: number): void {
    const known = this.tenants.get(tenantId);
    const since: Told['since'] = {};
    for (const level of UPPER_LEVELS) {
      const age = ages[level];
      if (age !== undefined) since[level] = now - Math.max(0, age);
    }
    if (Object.keys(since).length === 0) return this.drop(tenantId, from);
    if (known) known.set(from, { since, at: now });
    else if (this.tenants.size < MAX_TENANTS) this.tenants.set(tenantId, new Map([[from, { since, at: now }]]));
  }

  /** When the tenant's next request of a level above is due that waits elsewhere; Infinity: none waits. Monotonic ms. */
  dueAbove(tenantId: string, level: ServiceLevel, now: number): number {
    let due = Infinity;
    if (this.tenants.size === 0 || level === 'interactive') return due;
    for (const [from, { since, at }] of this.tenants.get(tenantId) ?? []) {
      if (now - at > FORGET_AFTER_MS) {
        this.drop(tenantId, from);
        continue;
      }
      due = Math.min(due, (since.interactive ?? Infinity) + YIELDS_MS.interactive);
      if (level === 'batch') due = Math.min(due, (since.standard ?? Infinity) + YIELDS_MS.standard);
    }
    return due;
  }

  /** Forgets what nobody says any more. */
  review(now: number): void {
    for (const tenantId of this.tenants.keys()) this.dueAbove(tenantId, 'batch', now);
  }

  private drop(tenantId: string, from: string): void {
    const known = this.tenants.get(tenantId);
    known?.delete(from);
    if (known?.size === 0) this.tenants.delete(tenantId);
  }
}
