import type { AlertRule } from './rule';

/** An alert that is open resolves below this part of its threshold: a value that hovers at the threshold changes nothing. */
const CLEAR_SHARE = 0.9;
/** An alert that comes back within this time, ms, of its end has to be clear twice as long the next time. */
export const RETURN_MS = 3_600_000;
const MAX_DOUBLINGS = 4;

/** An alert that is not resolved. Times in ms since the epoch. */
export interface OpenAlert {
  readonly state: 'pending' | 'firing';
  readonly since: number;
  readonly clearSince: number | null;
  readonly toldAt: number | null;
  readonly acknowledged: boolean;
  readonly returns: number;
}

/** What has to be done about one subject of a rule. */
export type Step =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'open'; readonly firing: boolean }
  | { readonly kind: 'stay'; readonly clearSince: number | null }
  | { readonly kind: 'fire' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'drop' } // cleared before it fired
  | { readonly kind: 'resolve' };

/**
 * pending -- threshold reached for forMs --> firing -- clear for keepMs --> resolved. `value` is null where there is too little to say
 * anything, which counts as clear: what nobody asks for does not fail.
 *
 * Flapping is bounded: a cycle takes forMs + keepMs at least, and each return within an hour doubles keepMs, up to 16 times.
 */
export function nextStep(rule: AlertRule, open: OpenAlert | null, value: number | null, now: number): Step {
  const reached = value !== null && value >= rule.threshold;
  if (open === null) return reached ? { kind: 'open', firing: rule.forMs === 0 } : { kind: 'nothing' };
  if (open.state === 'pending') {
    if (!reached) return { kind: 'drop' };
    return now - open.since >= rule.forMs ? { kind: 'fire' } : { kind: 'stay', clearSince: null };
  }
  return whileFiring(rule, open, value, now);
}

function whileFiring(rule: AlertRule, open: OpenAlert, value: number | null, now: number): Step {
  if (value === null || value < rule.threshold * CLEAR_SHARE) {
    const clearSince = Math.min(open.clearSince ?? now, now); // a clock that moved back begins anew
    return now - clearSince >= keepMs(rule, open.returns) ? { kind: 'resolve' } : { kind: 'stay', clearSince };
  }
  const isDue = open.toldAt !== null && now - open.toldAt >= rule.repeatMs;
  return isDue && !open.acknowledged ? { kind: 'repeat' } : { kind: 'stay', clearSince: null };
}

const keepMs = (rule: AlertRule, returns: number): number => rule.keepMs * 2 ** Math.min(returns, MAX_DOUBLINGS);
