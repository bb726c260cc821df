import { ok, type RelayError, type Result } from '@relay/core';
import { describeIssue, type Issue } from '@relay/pipeline';

interface QuerySchema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { readonly issues: readonly Issue[] } };
}

/** A query string or a JSON body that has been parsed; a refusal names the field. */
export function readBy<T>(schema: QuerySchema<T>, value: unknown): Result<T, RelayError> {
  const parsed = schema.safeParse(value);
  return parsed.success ? ok(parsed.data) : describeIssue(parsed.error.issues[0]);
}
