import { useMemo } from 'react';
import { useTenantScope } from '../../state/tenant-scope';
import { useTimeRange } from '../../state/time-range';
import { useUrlState, type UrlChange } from '../../state/url-state';
import { periodOf, readPeriod, type Period } from './period';
import { GROUPS, type Group } from './cost-groups';

/** Names of parameters of the address. `key` is one of tables and dialogs, so the filters have names of their own. */
const FILTERS = ['key', 'model', 'servedModel', 'provider', 'tag', 'rule', 'policy'] as const;
export type Filter = (typeof FILTERS)[number];

export interface CostView {
  readonly groupBy: Group;
  readonly period: Period;
  readonly filters: Readonly<Partial<Record<Filter | 'tenant', string>>>;
}

/** When "now" is, to this step: queries have the same key for so long, in ms. */
const STEP_MS = 60_000;

/** Group, period and filters of the address. */
export function useCostView(): { readonly view: CostView; readonly change: (next: UrlChange) => void } {
  const [params, change] = useUrlState();
  const { tenant } = useTenantScope();
  const { range } = useTimeRange();
  const step = Math.floor(Date.now() / STEP_MS);
  const view = useMemo((): CostView => {
    const groupBy = GROUPS.find(({ value }) => value === params.get('by'))?.value ?? 'tenant';
    const named = FILTERS.flatMap((name) => {
      const value = params.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const filters = { ...Object.fromEntries(named), ...(tenant === null ? {} : { tenant }) };
    return { groupBy, filters, period: periodOf(readPeriod(params.get('period')), range, step * STEP_MS) };
  }, [params, tenant, range, step]);
  return { view, change };
}
