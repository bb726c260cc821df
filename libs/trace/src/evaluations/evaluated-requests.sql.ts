import type { EvaluationDimension } from '@relay/contracts';
import { IS_OF_A_MODEL } from '@relay/database';

/** Which requests are looked at: those of apps to models, begun from `from` up to, not including, `to`. */
export interface EvaluationQuestion {
  readonly by: EvaluationDimension;
  readonly from: Date;
  readonly to: Date;
  readonly tenant: string | null;
  /** The reader's own tenant; null: every tenant. */
  readonly scope: string | null;
  /** Names of groups; null: all, those with most requests first. */
  readonly keys: readonly string[] | null;
}

/** Conditions on `request_traces trace`, for parameters $1 to $4. */
export const EVALUATED = `trace.at >= $1::timestamptz AND trace.at < $2::timestamptz
      AND ($3::text IS NULL OR trace.tenant = $3) AND ($4::text IS NULL OR trace.tenant = $4)
      AND trace.${IS_OF_A_MODEL} AND coalesce(trace.endpoint, '') NOT LIKE 'internal:%'`;

/** Those parameters; $5 are the names. */
export const valuesOf = ({ from, to, tenant, scope, keys }: EvaluationQuestion): unknown[] => [
  ...[from, to, tenant, scope],
  keys,
];
