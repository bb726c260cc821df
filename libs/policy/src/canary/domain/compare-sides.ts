import type { CanaryGuardrail } from '@relay/contracts';
import type { CanarySums, Measure } from './canary-sums';
import { difference, estimate, halfWidth, type Estimate } from './sequential-test';

/** Requests that a measure needs on each side before anything is said of it: sums of fewer are not yet near a normal distribution. */
export const MIN_REQUESTS = 50;

export interface Comparison {
  readonly canary: Estimate;
  readonly inForce: Estimate;
  /** How much worse the canary is, beyond doubt on both ends, in the terms of the guardrail. */
  readonly worseBy: { readonly value: number; readonly low: number; readonly high: number };
  /** What `worseBy` may come to. */
  readonly limit: number;
}

interface Terms {
  readonly measure: Measure;
  readonly isYesOrNo: boolean;
  /** How far the truth is expected to be away, where it is away at all, in the terms of the measure (see `halfWidth`). */
  scale(inForce: Estimate): number;
  /** What is measured, of both sides, so that more is worse. */
  worse(canary: Estimate, inForce: Estimate, allowed: number): Estimate;
  /** From `worse` to the terms of the guardrail. */
  told(value: number, inForce: Estimate, allowed: number): number;
  limit(allowed: number): number;
}

const same = (value: number): number => value;

const TERMS = {
  errorRate: {
    ...{ measure: 'failed', isYesOrNo: true, scale: () => 0.03, told: same, limit: same },
    worse: (canary, inForce) => difference(canary, inForce),
  },
  // The requests in force are as often above their own P95 as those of a canary that is slower by just what is allowed are above that and what is allowed.
  p95: {
    ...{ measure: 'slow', isYesOrNo: true, scale: () => 0.05, told: same, limit: () => 0 },
    worse: (canary, inForce) => difference(canary, inForce),
  },
  cost: {
    ...{ measure: 'cost', isYesOrNo: false, limit: same },
    scale: ({ mean }) => 0.3 * mean,
    worse: (canary, inForce, allowed) => difference(canary, inForce, 1 + allowed),
    told: (value, { mean }, allowed) => value / mean + allowed,
  },
  quality: {
    ...{ measure: 'score', isYesOrNo: false, scale: () => 0.3, told: same, limit: same },
    worse: (canary, inForce) => difference(inForce, canary),
  },
} as const satisfies Record<CanaryGuardrail, Terms>;

/** How a measure of the two sides compares; `null` where there are too few requests of it, or nothing to compare with. */
export function compareSides(
  sums: CanarySums,
  guardrail: CanaryGuardrail,
  allowed: number,
  alpha: number,
): Comparison | null {
  const terms: Terms = TERMS[guardrail];
  const [ofCanary, ofInForce] = [sums.canary[terms.measure], sums.inForce[terms.measure]];
  if (Math.min(ofCanary.requests, ofInForce.requests) < MIN_REQUESTS) return null;
  const [canary, inForce] = [estimate(ofCanary, terms.isYesOrNo), estimate(ofInForce, terms.isYesOrNo)];
  const scale = terms.scale(inForce);
  if (scale <= 0) return null; // what is in force costs nothing: there is no share of that
  const worse = terms.worse(canary, inForce, allowed);
  const half = halfWidth(worse.variance, scale, alpha);
  const told = (value: number): number => terms.told(value, inForce, allowed);
  const worseBy = { value: told(worse.mean), low: told(worse.mean - half), high: told(worse.mean + half) };
  return { canary, inForce, worseBy, limit: terms.limit(allowed) };
}
