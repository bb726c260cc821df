import { OTHERS } from '../../components/time-chart/series-colors';

/** What costs are told apart by, and what the table calls it. */
export const GROUPS = [
  { value: 'tenant', label: 'Tenant' },
  { value: 'model', label: 'Model asked for' },
  { value: 'servedModel', label: 'Model that served' },
  { value: 'provider', label: 'Provider' },
  { value: 'key', label: 'Key' },
  { value: 'tag', label: 'Tag' },
  { value: 'rule', label: 'Rule' },
  { value: 'policy', label: 'Policy' },
] as const;
export type Group = (typeof GROUPS)[number]['value'];

export const labelOf = (group: string): string => GROUPS.find(({ value }) => value === group)?.label ?? group;

/** What a row is called that has no name, or that stands for others. */
export function nameOf(key: string | null, groupBy: Group): string {
  if (key !== null) return key;
  return { tenant: 'the relay’s own', rule: 'no rule', tag: 'no tag', key: 'no key' }[groupBy as string] ?? 'none';
}

/** Where a click on a row leads: from tenants to their models, from anything else to its tenants. */
export const nextGroup = (groupBy: Group): Group => (groupBy === 'tenant' ? 'model' : 'tenant');

/** Keys that filters take: not those that stand for several. */
export const canFilterBy = (key: string | null): key is string => key !== null && key !== OTHERS;
