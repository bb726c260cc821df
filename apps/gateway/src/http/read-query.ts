import { err, ok, RelayError, type Result } from '@relay/core';

interface QuerySchema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** A query string or a JSON body that has been parsed; a refusal names the field. */
export function readBy<T>(schema: QuerySchema<T>, value: unknown): Result<T, RelayError> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const param = issue?.path.map(String).join('.') ?? '';
  const message = `${param || 'The request'}: ${issue?.message ?? 'is not valid'}`;
  return err(new RelayError('invalid_request', message, param ? { param } : {}));
}
