import type { RouteTarget } from './route';
import { pickByWeight, uniform } from './seeded';

type Groups = readonly (readonly RouteTarget[])[];

/** Whether requests that are alike may still get different orders. */
export function hasChoice(groups: Groups): boolean {
  return groups.some((group) => group.length > 1);
}

/**
 * One order of all targets: those that can be used (`reach`: first choice and fallbacks) are drawn by weight without
 * replacement, the rest follow as they stand in the route, so that few distinct orders, and few stored plans, come about.
 */
export function drawOrder(groups: Groups, reach: number, seed: number): RouteTarget[] {
  const { order, rest } = draw(groups, reach, seed);
  order.push(...rest);
  return order;
}

/** The same with a chain of fallbacks between those that can be used and the rest. */
export function drawWithChain(groups: Groups, chain: Groups, reach: number, seed: number): RouteTarget[] {
  if (chain.length === 0) return drawOrder(groups, reach, seed);
  const { order, rest } = draw(groups, reach, seed);
  order.push(...drawOrder(chain, Infinity, seed), ...rest);
  return order;
}

function draw(groups: Groups, reach: number, seed: number): { order: RouteTarget[]; rest: RouteTarget[] } {
  const order: RouteTarget[] = [];
  const rest: RouteTarget[] = [];
  for (const group of groups) {
    const [only] = group;
    if (only && group.length === 1) (order.length < reach ? order : rest).push(only);
    else drawGroup(group, reach, seed, order, rest);
  }
  if (rest.length > 1) rest.sort((a, b) => a.index - b.index);
  return { order, rest };
}

function drawGroup(
  group: readonly RouteTarget[],
  reach: number,
  seed: number,
  order: RouteTarget[],
  rest: RouteTarget[],
): void {
  const left = [...group];
  const weights = left.map((target) => target.weight);
  while (left.length > 0 && order.length < reach) {
    const at = left.length > 1 ? pickByWeight(weights, uniform(seed, order.length)) : 0;
    order.push(...left.splice(at, 1));
    weights.splice(at, 1);
  }
  rest.push(...left);
}

/** Groups of which some draw could use a target, whatever the seed. */
export function reachable(groups: Groups, reach: number): Groups {
  let count = 0;
  return groups.filter((group) => {
    const isReached = count < reach;
    count += group.length;
    return isReached;
  });
}
