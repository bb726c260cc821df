import type { FinishedRequest, TraceRecord } from './trace-record';

/** `null` for a request whose tenant is not known. */
export function finishedRequest(record: TraceRecord): FinishedRequest | null {
  const { shared = null } = record;
  return shared === null ? readFinished(record) : (shared.finished ??= readFinished(record));
}

function readFinished(record: TraceRecord): FinishedRequest | null {
  const { tenant, servedModel: model, cacheSource: source, cacheEntry, similarity } = record;
  if (tenant === null) return null;
  const [user, task] = [textFeature(record, 'request.user'), textFeature(record, 'features.task')];
  return { tenant, model, user, task, source, cacheEntry, similarity };
}

/** A feature that is a text and not empty. */
export function textFeature({ features }: TraceRecord, name: string): string | null {
  const value = features?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
