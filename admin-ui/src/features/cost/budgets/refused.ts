import type { Budget } from '../../../api/queries/budgets.queries';

type Counts = readonly { readonly key: string | null; readonly requests: number }[];
type Holding = Pick<Budget, 'tenant' | 'hard' | 'state'>;

/** Requests that were refused for want of money, of which this budget is the reason: one that is used up comes before one that is not. */
export function refusedFor(budget: Holding, all: readonly Holding[], counts: Counts): number {
  const { tenant, hard, state } = budget;
  if (!hard) return 0;
  const isUsedUp = (other: Holding): boolean => other.tenant === tenant && other.hard && other.state === 'exceeded';
  if (state !== 'exceeded' && all.some(isUsedUp)) return 0;
  return counts.find(({ key }) => key === tenant)?.requests ?? 0;
}
