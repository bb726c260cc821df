import type { EvaluationDimension } from '@relay/contracts';
import { NO_RULES } from '../usage/counted-traces.sql';

const NO_RULE_LIST = NO_RULES.map((name) => `'${name}'`).join(', ');

/** Where the name of a request's group is: in its row, or in the plan that it shares with others. */
type Place = { readonly inRow: string } | { readonly inPlan: string };

const MAX_NAME_CHARS = 256;

/** SQL expressions of `request_traces trace`, and tables of one column of `execution_plans document`. */
const PLACES = {
  policy: { inRow: 'trace.policy' },
  model: { inRow: `left(trace.model, ${MAX_NAME_CHARS})` },
  servedModel: { inRow: 'trace.served_model' },
  provider: { inRow: 'trace.provider' },
  task: { inRow: `nullif(coalesce(trace.detail->'f'->>'features.task', trace.features->>'features.task'), '')` },
  rule: {
    inPlan: `SELECT DISTINCT decision->>'rule' AS key FROM jsonb_array_elements(document.decisions) AS decision
      WHERE decision->>'verdict' = 'matched' AND decision->>'rule' NOT IN (${NO_RULE_LIST})`,
  },
  experiment: {
    inPlan: `SELECT DISTINCT (assigned->>'id') || '/' || (assigned->>'arm') AS key
      FROM jsonb_array_elements(document.plan->'experiments') AS assigned`,
  },
} as const satisfies Record<EvaluationDimension, Place>;

/** What rows are grouped by first: the name itself, or the plan that has it. */
export function firstKeySql(by: EvaluationDimension): string {
  const place: Place = PLACES[by];
  return 'inRow' in place ? place.inRow : 'trace.plan_id';
}

/** Rows of `source`, which has that as its column `key`, by name; a request without a plan, or without any name in it, is in no group. */
export function namedSql(by: EvaluationDimension, source: string, columns: string): string {
  const place: Place = PLACES[by];
  if ('inRow' in place) return `SELECT key, ${columns} FROM ${source}`;
  return `SELECT named.key, ${columns} FROM ${source} JOIN execution_plans document ON document.id = ${source}.key
    CROSS JOIN LATERAL (${place.inPlan}) AS named`;
}
