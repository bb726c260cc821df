import { type OverrideMode, targetKey } from '@relay/contracts';

/** An operator's word about a provider, or about one of its targets. Times in ms since the epoch. */
export interface ProviderOverride {
  readonly provider: string;
  /** The model by the name that the provider knows; null: all of them. */
  readonly target: string | null;
  readonly mode: OverrideMode;
  readonly reason: string;
  readonly by: string;
  readonly since: number;
  readonly until: number;
}

/** What may be said about a target: of itself, and of its provider. */
export interface TargetOverrides {
  readonly own: ProviderOverride | null;
  readonly ofProvider: ProviderOverride | null;
}

/** The overrides that there are, each in force until its time; nobody has to remove it. */
export class OverrideBook {
  private readonly byTarget: ReadonlyMap<string, ProviderOverride>;

  constructor(overrides: readonly ProviderOverride[] = []) {
    this.byTarget = new Map(overrides.map((one) => [targetKey(one.provider, one.target ?? ''), one]));
  }

  get size(): number {
    return this.byTarget.size;
  }

  /** What was said of just this; null where nothing is in force. */
  of(provider: string, target: string | null, now: number): ProviderOverride | null {
    return live(this.byTarget.get(targetKey(provider, target ?? '')) ?? null, now);
  }

  about(provider: string, target: string): TargetOverrides | null {
    const own = this.byTarget.get(targetKey(provider, target)) ?? null;
    const ofProvider = this.byTarget.get(targetKey(provider, '')) ?? null;
    return own || ofProvider ? { own, ofProvider } : null;
  }
}

/** The one that counts: what shuts a target wins, then what was said of it alone. */
export function inForce({ own, ofProvider }: TargetOverrides, now: number): ProviderOverride | null {
  const [ownNow, providersNow] = [live(own, now), live(ofProvider, now)];
  if (ownNow && shuts(ownNow)) return ownNow;
  return providersNow && shuts(providersNow) ? providersNow : (ownNow ?? providersNow);
}

/** Nothing new goes there. */
export const shuts = ({ mode }: ProviderOverride): boolean => mode !== 'closed';

const live = (override: ProviderOverride | null, now: number): ProviderOverride | null =>
  override && now < override.until ? override : null;
