import type { WeightedCandidate } from './route';

type Groups = readonly (readonly WeightedCandidate[])[];

const UINT32 = 0x1_0000_0000;

/** The finaliser of MurmurHash3 (Appleby, public domain): every bit of the input reaches every bit of the output. */
function mix32(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1) from the seed and the number of the draw. */
function uniform(seed: number, draw: number): number {
  return mix32(seed ^ mix32(draw + 0x9e3779b9)) / UINT32;
}

/** Whether requests that are alike may still get different orders. */
export function hasChoice(groups: Groups): boolean {
  return groups.some((group) => group.length > 1);
}

/**
 * One order of all candidates: those that can be used (`reach`: first choice and fallbacks) are drawn by weight without
 * replacement, the rest follow by falling weight, so that few distinct orders, and few stored plans, come about.
 */
export function drawOrder(groups: Groups, reach: number, seed: number): WeightedCandidate[] {
  const order: WeightedCandidate[] = [];
  for (const group of groups) {
    const left = [...group];
    while (left.length > 1 && order.length < reach)
      order.push(...left.splice(pick(left, uniform(seed, order.length)), 1));
    order.push(...left.sort((a, b) => b.weight - a.weight));
  }
  return order;
}

function pick(candidates: readonly WeightedCandidate[], share: number): number {
  let rest = share * candidates.reduce((sum, candidate) => sum + candidate.weight, 0);
  for (let i = 0; i < candidates.length; i++) {
    rest -= candidates[i]?.weight ?? 0;
    if (rest < 0) return i;
  }
  return candidates.length - 1;
}

/** Every candidate that some draw could use, whatever the seed. */
export function reachable(groups: Groups, reach: number): WeightedCandidate[] {
  const found: WeightedCandidate[] = [];
  for (const group of groups) {
    if (found.length >= reach) break;
    found.push(...group);
  }
  return found;
}
