import { TRACE_FACETS, type TraceFacet, type TraceFilter } from '@relay/contracts';
import { type SqlQuery, SqlValues } from './sql-query';
import { allOf, type Conditions, conditionsOf, searchConditions } from './trace-conditions';

/** Values of one facet, most frequent first. */
const MAX_VALUES = 50;

/** The filter of each facet, which its own counts leave out. */
const FILTER_OF = {
  status: 'status',
  tenant: 'tenant',
  provider: 'provider',
  model: 'model',
  servedModel: 'servedModel',
  cache: 'cache',
  queue: 'queue',
  policy: 'policy',
  rule: 'rule',
  tag: 'tag',
} as const satisfies Record<TraceFacet, keyof Conditions>;

const COLUMNS = 'status, tenant, provider, model, served_model, cache, queue, policy, plan_id, tags';

const RULES = `CROSS JOIN LATERAL (
    SELECT DISTINCT decision->>'rule' AS rule FROM execution_plans document, jsonb_array_elements(document.decisions) decision
    WHERE document.id = trace.plan_id AND decision->>'verdict' = 'matched'
  ) matched`;

/** Where the value of a facet stands: a column of the groups, or what hangs on them. */
const SOURCES = {
  status: ['trace.status', ''],
  tenant: ['trace.tenant', ''],
  provider: ['trace.provider', ''],
  model: ['trace.model', ''],
  servedModel: ['trace.served_model', ''],
  cache: ['trace.cache', ''],
  queue: ['trace.queue', ''],
  policy: ['trace.policy', ''],
  rule: ['matched.rule', RULES],
  tag: ['label.tag', 'CROSS JOIN LATERAL unnest(trace.tags) label(tag)'],
} as const satisfies Record<TraceFacet, readonly [value: string, join: string]>;

export interface FacetRow {
  readonly facet: TraceFacet;
  readonly value: string;
  readonly count: string; // bigint
}

/**
 * Counts of all facets with one look at the rows: they are counted by every combination of what facets show, which are few, and each
 * facet adds up those that pass the filters of all others.
 */
export function facetsQuery(filter: TraceFilter, tenantScope: string | null): SqlQuery {
  const { values, bind } = new SqlValues();
  const all: Conditions = {
    ...conditionsOf(filter, tenantScope, bind),
    ...searchConditions(filter, tenantScope, bind),
  };
  const ofFacets = new Set<string>(Object.values(FILTER_OF));
  const pick = (isWanted: (name: string) => boolean): Conditions =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name)));
  const counts = TRACE_FACETS.map((facet) => {
    const [value, join] = SOURCES[facet];
    const others = pick((name) => ofFacets.has(name) && name !== FILTER_OF[facet]);
    return `(SELECT '${facet}' AS facet, ${value} AS value, sum(trace.requests)::text AS count FROM groups trace ${join}
      WHERE ${value} IS NOT NULL AND ${allOf(others)} GROUP BY 2 ORDER BY sum(trace.requests) DESC, 2 LIMIT ${MAX_VALUES})`;
  });
  const text = `WITH groups AS MATERIALIZED (
      SELECT ${COLUMNS}, count(*) AS requests FROM request_traces trace
      WHERE ${allOf(pick((name) => !ofFacets.has(name)))} GROUP BY ${COLUMNS}
    ) ${counts.join(' UNION ALL ')}`;
  return { text, values };
}
