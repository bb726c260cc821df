import { changed, type UrlChange } from '../../../state/url-state';
import { readFilters, type TraceFilters } from '../trace-filters';

export interface View {
  readonly name: string;
  readonly filters: UrlChange;
}

/** Ways to look at traces that everybody needs. */
export const BUILT_IN_VIEWS: readonly View[] = [
  { name: 'All', filters: {} },
  { name: 'Errors', filters: { status: ['error'] } },
  { name: 'Rejected', filters: { status: ['rejected'] } },
  { name: 'Cached', filters: { cache: ['exact-l1', 'exact-l2', 'semantic', 'coalesced'] } },
  { name: 'Semantic hits', filters: { cache: ['semantic'] } },
  { name: 'Slow > 5 s', filters: { minMs: '5000' } },
  { name: 'Bad feedback', filters: { feedback: 'negative' } },
  { name: 'Degraded', filters: { degraded: 'true' } },
  { name: 'Most expensive', filters: { sort: 'dearest' } },
];

/** By user: people share browsers, and a tenant-admin's views are no operator's. */
const storedOf = (user: string): string => `relay-trace-views:${user}`;
const MAX_VIEWS = 30;

/** Views that were saved in this browser. What is not a list of views counts as none. */
export function savedViews(user: string): readonly View[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storedOf(user)) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isView).slice(0, MAX_VIEWS) : [];
  } catch {
    return [];
  }
}

export function saveViews(user: string, views: readonly View[]): void {
  try {
    localStorage.setItem(storedOf(user), JSON.stringify(views.slice(0, MAX_VIEWS)));
  } catch {
    // storage is switched off or full: the view is gone with the page
  }
}

const isView = (value: unknown): value is View =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'filters' in value &&
  typeof value.name === 'string';

/** Whether the filters are those of a view; one that names no tenant is for whichever the header names. */
export function isOn({ filters: wanted }: View, filters: TraceFilters): boolean {
  const view = readFilters(changed(new URLSearchParams(), wanted));
  const { tenant: _, ...others } = filters.facets;
  return asText(view) === asText(view.facets.tenant ? filters : { ...filters, facets: others });
}

const asText = ({ facets, single }: TraceFilters): string =>
  JSON.stringify([Object.entries(facets).map(([name, values]) => [name, [...values].sort()]), Object.entries(single)]);
