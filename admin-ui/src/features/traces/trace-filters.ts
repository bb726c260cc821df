import type { UrlChange } from '../../state/url-state';

/** Filters whose values are chosen from what there is; several of one are alternatives. */
export const FACETS = [
  { name: 'status', label: 'Status' },
  { name: 'tenant', label: 'Tenant' },
  { name: 'provider', label: 'Provider' },
  { name: 'model', label: 'Model asked' },
  { name: 'servedModel', label: 'Model served' },
  { name: 'cache', label: 'Cache' },
  { name: 'queue', label: 'Queue' },
  { name: 'policy', label: 'Policy' },
  { name: 'rule', label: 'Rule' },
  { name: 'tag', label: 'Tag' },
] as const;

export type FacetName = (typeof FACETS)[number]['name'];

/** Filters of one value each. */
const SINGLE = [
  ...(['errorCode', 'endpoint', 'keyId', 'user', 'requestId', 'minMs', 'maxMs', 'minCostUsd'] as const),
  ...(['degraded', 'stream', 'hasFeedback', 'feedback', 'q', 'text', 'sort'] as const),
] as const;

export type SingleName = (typeof SINGLE)[number];

export interface TraceFilters {
  readonly facets: Readonly<Partial<Record<FacetName, readonly string[]>>>;
  readonly single: Readonly<Partial<Record<(typeof SINGLE)[number], string>>>;
}

export function readFilters(params: URLSearchParams): TraceFilters {
  const facets = FACETS.flatMap(({ name }) => {
    const values = params.getAll(name);
    return values.length > 0 ? [[name, values] as const] : [];
  });
  const single = SINGLE.flatMap((name) => {
    const value = params.get(name);
    return value ? [[name, value] as const] : [];
  });
  return { facets: Object.fromEntries(facets), single: Object.fromEntries(single) };
}

/** As query parameters of the API. */
export function filterQuery({ facets, single }: TraceFilters): Record<string, string> {
  const joined = Object.entries(facets).map(([name, values]) => [name, values.join(',')]);
  return { ...(Object.fromEntries(joined) as Record<string, string>), ...single };
}

export function toggled(filters: TraceFilters, name: FacetName, value: string): UrlChange {
  const values = filters.facets[name] ?? [];
  return { [name]: values.includes(value) ? values.filter((other) => other !== value) : [...values, value] };
}

/** What is set, for chips: all but the tenant scope of the header (one tenant), the search text and the order. */
export function chipsOf({
  facets,
  single,
}: TraceFilters): readonly { name: string; value: string; without: UrlChange }[] {
  const many = FACETS.flatMap(({ name, label }) =>
    (isScope(name, facets[name]) ? [] : (facets[name] ?? [])).map((value, _, all) => ({
      name: label,
      value,
      without: { [name]: all.filter((other) => other !== value) },
    })),
  );
  const one = Object.entries(single).flatMap(([name, value]) =>
    name === 'q' || name === 'sort' ? [] : [{ name: SINGLE_LABELS[name] ?? name, value, without: { [name]: null } }],
  );
  return [...many, ...one];
}

const SINGLE_LABELS: Readonly<Record<string, string>> = {
  errorCode: 'Error',
  endpoint: 'Endpoint',
  keyId: 'Key',
  requestId: 'Request',
  user: 'User',
  minMs: 'At least ms',
  maxMs: 'At most ms',
  minCostUsd: 'At least USD',
  degraded: 'Degraded',
  stream: 'Streamed',
  hasFeedback: 'Has feedback',
  feedback: 'Feedback',
  text: 'Words of messages',
};

/** A single tenant stands in the header, where it is chosen for all pages. */
const isScope = (name: FacetName, values: readonly string[] | undefined): boolean =>
  name === 'tenant' && values?.length === 1;

/** Takes every filter away; the tenant of the header stays, as the time range does. */
export const NO_FILTERS: UrlChange = Object.fromEntries(
  [...FACETS.map(({ name }) => name).filter((name) => name !== 'tenant'), ...SINGLE].map((name) => [name, null]),
);
