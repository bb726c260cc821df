import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import type { ResolvedKey } from '../domain/principal';
import type { BearerCaller } from './bearer-caller';

/** Tokens that were found to be right, remembered at once; each takes about 1 kB. */
const MAX_TOKENS = 20_000;
/** A token is looked at anew after so long, ms: its key may be one that its issuer has withdrawn. */
export const REVERIFY_MS = 600_000;

/** A token that was verified. `resolved` is built anew whenever its tenant's profile is another one. */
export interface KnownCaller {
  readonly caller: BearerCaller;
  readonly until: number; // monotonic, ms: a clock that is set back lengthens nothing
  resolved: ResolvedKey | null;
  profile: ResolvedKey['principal']['tenant'] | null; // that `resolved` was built of
}

/** Verified tokens by their hash, so that a request costs a look into a map. The tokens themselves are not kept. */
export class BearerMemory {
  private readonly known = new LRUCache<string, KnownCaller>({ max: MAX_TOKENS });

  constructor(private readonly clock: Clock) {}

  get(hash: string): KnownCaller | undefined {
    const known = this.known.get(hash);
    return known !== undefined && known.until > this.clock.monotonic() ? known : undefined;
  }

  add(hash: string, caller: BearerCaller): KnownCaller {
    const leftMs = (caller.key.expiresAt ?? 0) - this.clock.now();
    const until = this.clock.monotonic() + Math.min(leftMs, REVERIFY_MS);
    const known: KnownCaller = { caller, until, resolved: null, profile: null };
    this.known.set(hash, known);
    return known;
  }
}
