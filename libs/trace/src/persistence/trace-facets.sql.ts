import { TRACE_FACETS, type TraceFacet, type TraceFilter } from '@relay/contracts';
import { type SqlQuery, SqlValues } from './sql-query';
import { allOf, type Conditions, conditionsOf, searchConditions } from './trace-conditions';

/** Values of one facet, most frequent first. */
const MAX_VALUES = 50;
/** Traces that are counted, the newest: about 40 MB of them. */
export const MAX_COUNTED = 50_000;

/** What is counted, and the join by which it becomes the values of a facet; without one it is the value. */
const SOURCES = {
  status: { column: 'status' },
  tenant: { column: 'tenant' },
  provider: { column: 'provider' },
  model: { column: 'model' },
  servedModel: { column: 'served_model' },
  cache: { column: 'cache' },
  queue: { column: 'queue' },
  policy: { column: 'policy' },
  rule: {
    column: 'plan_id',
    join: `CROSS JOIN LATERAL (
      SELECT DISTINCT decision->>'rule' AS value FROM execution_plans document, jsonb_array_elements(document.decisions) decision
      WHERE document.id = counted.plan_id AND decision->>'verdict' = 'matched'
    ) part`,
  },
  tag: { column: 'tags', join: 'CROSS JOIN LATERAL unnest(counted.tags) part(value)' },
} as const satisfies Record<TraceFacet & keyof Conditions, { column: string; join?: string }>;

export interface FacetRow {
  readonly facet: TraceFacet | null; // null: how many traces a look has counted
  readonly value: string | null;
  readonly count: string; // bigint
}

/**
 * Counts of all facets, each without its own filter. Those without a filter are counted in one look at the rows, in several groupings at once;
 * each of the others takes a look of its own. Plans and lists of tags are counted first, and only then taken apart.
 */
export function facetsQuery(filter: TraceFilter, tenantScope: string | null, atMost = MAX_COUNTED): SqlQuery {
  const { values, bind } = new SqlValues();
  const all: Conditions = {
    ...conditionsOf(filter, tenantScope, bind),
    ...searchConditions(filter, tenantScope, bind),
  };
  const filtered = TRACE_FACETS.filter((facet) => all[facet] !== undefined);
  const looks = [
    { facets: TRACE_FACETS.filter((facet) => !filtered.includes(facet)), where: allOf(all) },
    ...filtered.map((facet) => ({ facets: [facet], where: allOf({ ...all, [facet]: 'true' }) })),
  ].filter(({ facets }) => facets.length > 0);
  const tables = looks.map(({ facets, where }, n) => `look_${n} AS MATERIALIZED (${lookSql(facets, where, atMost)})`);
  const counts = looks.flatMap(({ facets }, n) => [
    `(SELECT NULL AS facet, NULL AS value, requests::text AS count FROM look_${n} WHERE place = ${placeOf(facets)})`,
    ...facets.map((facet) => countsSql(facet, `look_${n}`, placeOf(facets, facet))),
  ]);
  return { text: `WITH ${tables.join(', ')} ${counts.join(' UNION ALL ')}`, values };
}

/** Counts by each of the columns, and of all rows. `place` tells them apart: bits of the columns that are not grouped by. */
function lookSql(facets: readonly TraceFacet[], where: string, atMost: number): string {
  const columns = facets.map((facet) => SOURCES[facet].column);
  const sets = columns.map((column) => `(${column})`);
  return `SELECT ${columns.join(', ')}, grouping(${columns.join(', ')}) AS place, count(*) AS requests
    FROM (SELECT ${columns.join(', ')} FROM request_traces trace WHERE ${where} ORDER BY trace.at DESC LIMIT ${atMost}) newest
    GROUP BY GROUPING SETS (${[...sets, '()'].join(', ')})`;
}

function placeOf(facets: readonly TraceFacet[], facet?: TraceFacet): number {
  return facets.reduce((bits, one) => bits * 2 + (one === facet ? 0 : 1), 0);
}

function countsSql(facet: TraceFacet, look: string, place: number): string {
  const { column, join = '' }: { column: string; join?: string } = SOURCES[facet];
  const value = join === '' ? `counted.${column}` : 'part.value';
  return `(SELECT '${facet}', ${value}, sum(counted.requests)::text FROM ${look} counted ${join}
      WHERE counted.place = ${place} AND ${value} IS NOT NULL GROUP BY 2 ORDER BY sum(counted.requests) DESC, 2 LIMIT ${MAX_VALUES})`;
}
