import type { QueueClass, ServiceLevel } from '@relay/contracts';
import { YIELDS_MS } from './levels';

/** Levels that others let pass. */
export const UPPER_LEVELS = ['interactive', 'standard'] as const satisfies readonly ServiceLevel[];
export type UpperLevel = (typeof UPPER_LEVELS)[number];

/** How long the oldest request of each class and level has waited that may be called, ms; absent: none waits. */
export type LevelAges = Partial<Record<QueueClass, Partial<Record<UpperLevel, number>>>>;

/** What a process said is forgotten after this, ms; it says it again every second while it holds. */
const FORGET_AFTER_MS = 3_000;
/** Far more than wait at a time; of more tenants some yield nothing. */
const MAX_TENANTS = 10_000;

interface Told {
  readonly ages: LevelAges;
  readonly at: number; // monotonic ms
}

/** What waits in other processes at the levels above batch, by tenant: the requests of a level below that wait here let it pass. */
export class LevelsElsewhere {
  private readonly tenants = new Map<string, Map<string, Told>>(); // by tenant, then by process

  get isEmpty(): boolean {
    return this.tenants.size === 0;
  }

  hear(from: string, tenantId: string, ages: LevelAges, now: number): void {
    if (!ages.short && !ages.long) return this.drop(tenantId, from);
    const known = this.tenants.get(tenantId);
    if (known) known.set(from, { ages, at: now });
    else if (this.tenants.size < MAX_TENANTS) this.tenants.set(tenantId, new Map([[from, { ages, at: now }]]));
  }

  /** That process waits for nothing any more. */
  left(from: string): void {
    for (const tenantId of this.tenants.keys()) this.drop(tenantId, from);
  }

  /**
   * When the tenant's next request of a level above is due that waits elsewhere and is of one of the classes; Infinity: none waits. Monotonic
   * ms, of this process's clock.
   */
  dueAbove(tenantId: string, level: ServiceLevel, classes: readonly QueueClass[], now: number): number {
    let due = Infinity;
    if (level === 'interactive') return due;
    for (const [from, { ages, at }] of this.tenants.get(tenantId) ?? []) {
      if (now - at > FORGET_AFTER_MS) {
        this.drop(tenantId, from);
        continue;
      }
      for (const queueClass of classes) {
        const { interactive = -Infinity, standard = -Infinity } = ages[queueClass] ?? {};
        due = Math.min(due, at - interactive + YIELDS_MS.interactive);
        if (level === 'batch') due = Math.min(due, at - standard + YIELDS_MS.standard);
      }
    }
    return due;
  }

  /** Forgets what nobody says any more. */
  review(now: number): void {
    for (const [tenantId, told] of this.tenants)
      for (const [from, { at }] of told) if (now - at > FORGET_AFTER_MS) this.drop(tenantId, from);
  }

  private drop(tenantId: string, from: string): void {
    const known = this.tenants.get(tenantId);
    known?.delete(from);
    if (known?.size === 0) this.tenants.delete(tenantId);
  }
}
