import type { TraceRow } from '@relay/contracts';

/** Columns of an export, in this order; a new one is added at the end. */
export const EXPORT_COLUMNS = [
  'id',
  'requestId',
  'at',
  'tenant',
  'keyId',
  'user',
  'endpoint',
  'model',
  'servedModel',
  'provider',
  'status',
  'httpStatus',
  'errorCode',
  'stream',
  'cache',
  'queue',
  'queueMs',
  'ttftMs',
  'totalMs',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'usageEstimated',
  'costUsd',
  'savedUsd',
  'policy',
  'plan',
  'degraded',
  'attempts',
  'tags',
] as const satisfies readonly (keyof TraceRow)[];

type Exported = Record<(typeof EXPORT_COLUMNS)[number], string | number | boolean | readonly string[] | null>;

/** What is not there is null, so that every line has the same fields. */
export function exported(row: TraceRow): Exported {
  const { user = null, tags = [] } = row;
  const all: Exported = { ...row, user, tags };
  return Object.fromEntries(EXPORT_COLUMNS.map((column) => [column, all[column]])) as Exported;
}
