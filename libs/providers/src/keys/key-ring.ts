import type { KeyFigures } from '../ports/upstream-client.port';
import { type KeySettings, ProviderKey } from './provider-key';

/** The keys of one provider, each in its turn by weight. Times are ms of a monotonic clock. */
export class KeyRing {
  private readonly keys: readonly ProviderKey[];
  readonly rests = { refused: 0, limited: 0 };

  constructor(settings: readonly KeySettings[]) {
    this.keys = settings.map((each) => new ProviderKey(each));
  }

  /**
   * The key whose turn it is for a model, of those that may be used and were not `tried`. Where every key was refused, the one that comes back
   * first: nothing is lost by asking. Null if there is none, or only such that are used up.
   */
  take(model: string, now: number, tried: ReadonlySet<ProviderKey>): ProviderKey | null {
    const free = this.keys.filter((key) => !tried.has(key) && key.restAt(now, model) === null);
    const key = nextInTurn(free) ?? (tried.size === 0 ? this.firstBack(now) : null);
    key?.used(now);
    return key;
  }

  /** Which key it is, to be told in a log. */
  numberOf(key: ProviderKey): string {
    return `key ${this.keys.indexOf(key) + 1} of ${this.keys.length}`;
  }

  /** Until a key that is used up for a model can be used again, in ms. */
  untilRoomMs(model: string, now: number): number | null {
    const waits = this.keys.flatMap((key) => {
      const rest = key.restAt(now, model);
      return rest?.reason === 'limited' ? [rest.forMs] : [];
    });
    return waits.length === 0 ? null : Math.min(...waits);
  }

  figures(now: number): KeyFigures {
    const reasons = this.keys.map((key) => key.restAt(now, null)?.reason);
    const count = (reason: string): number => reasons.filter((each) => each === reason).length;
    return { total: this.keys.length, refused: count('refused'), limited: count('limited'), rests: { ...this.rests } };
  }

  private firstBack(now: number): ProviderKey | null {
    const rests = this.keys.flatMap((key) => {
      const rest = key.restAt(now, null);
      return rest?.reason === 'refused' ? [{ key, forMs: rest.forMs }] : [];
    });
    if (rests.length < this.keys.length) return null;
    return rests.reduce((first, each) => (each.forMs < first.forMs ? each : first)).key;
  }
}

/** Smooth weighted round robin, as nginx has it: of weights 2 and 1, a b a and not a a b. */
function nextInTurn(keys: readonly ProviderKey[]): ProviderKey | null {
  let best: ProviderKey | null = null;
  let total = 0;
  for (const key of keys) {
    total += key.weight;
    key.credit += key.weight;
    if (best === null || key.credit > best.credit) best = key;
  }
  if (best) best.credit -= total;
  return best;
}
