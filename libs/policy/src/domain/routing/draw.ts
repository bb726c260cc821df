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
  const order: RouteTarget[] = [];
  const rest: RouteTarget[] = [];
  for (const group of groups) {
    const left = [...group];
    while (left.length > 0 && order.length < reach) {
      const share = left.length > 1 ? uniform(seed, order.length) : 0;
      const at = pickByWeight(
        left.map((target) => target.weight),
        share,
      );
      order.push(...left.splice(at, 1));
    }
    rest.push(...left);
  }
  order.push(...rest.sort((a, b) => a.index - b.index));
  return order;
}

/** Every target that some draw could use, whatever the seed. */
export function reachable(groups: Groups, reach: number): RouteTarget[] {
  const found: RouteTarget[] = [];
  for (const group of groups) {
    if (found.length >= reach) break;
    found.push(...group);
  }
  return found;
}
