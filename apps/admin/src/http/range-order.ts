import { timeSchema } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';

/** Refuses a `from` that lies after its `to`, of whatever asks for a range of time. */
export function checkRangeOrder(asked: unknown): Result<void, RelayError> {
  if (asked === null || typeof asked !== 'object') return ok(undefined);
  const [from, to] = [timeOf(asked, 'from'), timeOf(asked, 'to')];
  if (from === undefined || to === undefined || from <= to) return ok(undefined);
  return err(new RelayError('invalid_request', 'from is after to; allowed: a time before it.', { param: 'from' }));
}

function timeOf(asked: object, name: string): number | undefined {
  const parsed = timeSchema.safeParse((asked as Readonly<Record<string, unknown>>)[name]);
  return parsed.success ? Date.parse(parsed.data) : undefined;
}
