import type { RouteStrategy } from '@relay/contracts';
import { bandit } from './bandit.strategy';
import { cascade } from './cascade.strategy';
import { content } from './content.strategy';
import { cost } from './cost.strategy';
import { hybrid } from './hybrid.strategy';
import { ordered, pinned, sticky, weighted } from './in-order';
import { latency } from './latency.strategy';
import type { Strategy } from './strategy';

/** A policy's strategies, and what stands in their place when the app names its model. */
export type StrategyName = RouteStrategy | 'pinned';

export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  pinned,
  ordered,
  weighted,
  sticky,
  cost,
  content,
  latency,
  hybrid,
  bandit,
  cascade,
};

/** Strategies whose scores look at the expected quality, and with it at task, language and complexity. */
export function looksAtQuality(strategy: StrategyName, floor: number | null): boolean {
  switch (strategy) {
    case 'content':
    case 'hybrid':
    case 'bandit':
      return true;
    case 'cost':
    case 'cascade':
      return floor !== null;
    case 'pinned':
    case 'ordered':
    case 'weighted':
    case 'sticky':
    case 'latency':
      return false;
    default:
      return strategy satisfies never;
  }
}
