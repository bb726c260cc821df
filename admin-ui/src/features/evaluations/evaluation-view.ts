import { useMemo } from 'react';
import { useTenantScope } from '../../state/tenant-scope';
import { useTimeRange, type TimeRange } from '../../state/time-range';
import { useUrlState, type UrlChange } from '../../state/url-state';

/** What requests are told apart by, and what the table calls it; `facet`: how traces are filtered by it. */
export const DIMENSIONS = [
  { value: 'policy', label: 'Policy version', facet: 'policy' },
  { value: 'model', label: 'Model asked for', facet: 'model' },
  { value: 'servedModel', label: 'Model that served', facet: 'servedModel' },
  { value: 'provider', label: 'Provider', facet: 'provider' },
  { value: 'rule', label: 'Rule', facet: 'rule' },
  { value: 'experiment', label: 'Arm of an experiment', facet: null },
  { value: 'task', label: 'Task', facet: null },
] as const;
export type Dimension = (typeof DIMENSIONS)[number]['value'];

export const dimensionOf = (by: Dimension) => DIMENSIONS.find(({ value }) => value === by) ?? DIMENSIONS[0];

export interface EvaluationView {
  readonly by: Dimension;
  readonly range: TimeRange;
  readonly tenant: string | null;
}

/** Two groups, or what came before and after a moment: of one group, or (`a` null) of all requests. */
export interface ComparedWith {
  readonly a: string | null;
  readonly b: string | null;
  readonly moment: string | null;
}

/** Dimension, time range and tenant of the address, and what is compared. */
export function useEvaluationView(): {
  readonly view: EvaluationView;
  readonly compared: ComparedWith;
  readonly isComparing: boolean;
  readonly change: (next: UrlChange, how?: 'replace' | 'push') => void;
} {
  const [params, change] = useUrlState();
  const { tenant } = useTenantScope();
  const { range } = useTimeRange();
  const by = DIMENSIONS.find(({ value }) => value === params.get('by'))?.value ?? 'policy';
  const view = useMemo((): EvaluationView => ({ by, range, tenant }), [by, range, tenant]);
  const [a, b, moment] = [params.get('a'), params.get('b'), params.get('moment')];
  const compared = useMemo(() => ({ a, b, moment }), [a, b, moment]);
  return {
    view,
    compared,
    isComparing: params.get('compare') === '1' || a !== null || b !== null || moment !== null,
    change,
  };
}

/** Closes what is compared. */
export const NOT_COMPARED = { compare: null, a: null, b: null, moment: null } as const satisfies UrlChange;

/** What a group is called that has no name. */
export function nameOf(key: string | null, by: Dimension): string {
  if (key !== null) return key;
  return (
    { task: 'no task found', provider: 'none asked', servedModel: 'none served', policy: 'no policy' }[by as string] ??
    'none'
  );
}
