import { FACETS, type FacetName, type TraceFilters } from '../trace-filters';
import type { TraceRow } from '../traces.queries';

export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

const OF_ROW: Readonly<Partial<Record<FacetName, (row: TraceRow) => string | null>>> = {
  status: ({ status }) => status,
  tenant: ({ tenant }) => tenant,
  provider: ({ provider }) => provider,
  model: ({ model }) => model,
  servedModel: ({ servedModel }) => servedModel,
  cache: ({ cache }) => cache,
  queue: ({ queue }) => queue,
  policy: ({ policy }) => policy,
};

/** Values among the rows that were loaded, most frequent first, and those that are chosen, with none. */
export function facetsOfRows(
  rows: readonly TraceRow[],
  filters: TraceFilters,
): Readonly<Partial<Record<FacetName, readonly FacetValue[]>>> {
  const facets = FACETS.flatMap(({ name }) => {
    const valueOf = OF_ROW[name];
    if (!valueOf) return [];
    const counts = new Map<string, number>((filters.facets[name] ?? []).map((value) => [value, 0]));
    for (const row of rows) {
      const value = valueOf(row);
      if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const values = [...counts].map(([value, count]) => ({ value, count }));
    return [[name, values.sort((a, b) => b.count - a.count)] as const];
  });
  return Object.fromEntries(facets);
}
