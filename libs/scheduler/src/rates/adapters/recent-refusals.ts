import type { RateCost, RateRefusal, RateScope } from '../../domain/rates/rates';

/** A refusal holds for this long at most, ms: by then other processes may have given something back. */
const REMEMBER_MS = 100;
/** Scopes that refused a moment ago; beyond, the oldest is asked for again. */
const MAX_REMEMBERED = 1_000;

interface Remembered {
  readonly refusal: RateRefusal & { readonly waitMs: number };
  readonly scopes: readonly RateScope[];
  readonly at: number; // monotonic ms
}

/**
 * What windows refused a moment ago they refuse again, to the same scopes for the same cost or more: a refusal is what costs a store most,
 * as it looks at a whole window for when there will be room. It errs only by what other processes gave back meanwhile.
 */
export class RecentRefusals {
  private readonly known = new Map<string, Remembered>(); // by the scope that refused; oldest first

  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  note(refusal: RateRefusal, scopes: readonly RateScope[], now: number): void {
    const { waitMs } = refusal;
    if (waitMs === null) return;
    const name = nameOf(refusal.scope);
    this.known.delete(name);
    const [oldest] = this.known.size < MAX_REMEMBERED ? [] : this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
    this.known.set(name, { refusal: { ...refusal, waitMs }, scopes, at: now });
  }

  find(scopes: readonly RateScope[], cost: RateCost, now: number): RateRefusal | null {
    for (const scope of scopes) {
      const known = this.known.get(nameOf(scope));
      if (known === undefined) continue;
      const { refusal, at } = known;
      const ageMs = now - at;
      if (ageMs >= Math.min(REMEMBER_MS, refusal.waitMs)) {
        this.known.delete(nameOf(scope));
        continue;
      }
      if (cost[refusal.kind] < refusal.asked || !areSame(scopes, known.scopes)) continue;
      return { ...refusal, scope, asked: cost[refusal.kind], waitMs: refusal.waitMs - ageMs };
    }
    return null;
  }

  /** Something was given back. */
  forget(scopes: readonly RateScope[]): void {
    for (const scope of scopes) this.known.delete(nameOf(scope));
  }
}

const nameOf = ({ kind, id }: RateScope): string => `${kind}:${id}`;

/** With the same limits, too: a reload may have changed them. */
function areSame(some: readonly RateScope[], others: readonly RateScope[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ kind, id, limits }, i) => {
      const other = others[i];
      const isSame = other?.kind === kind && other.id === id;
      return isSame && other.limits.requests === limits.requests && other.limits.tokens === limits.tokens;
    })
  );
}
