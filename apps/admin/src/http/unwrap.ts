import { RelayError, type Result } from '@relay/core';

/** The value of a result; a refusal is thrown, for the error filter to answer. */
export async function unwrap<T>(result: Promise<Result<T, RelayError>> | Result<T, RelayError>): Promise<T> {
  const settled = await result;
  if (settled.ok) return settled.value;
  throw settled.error;
}

/** The value, or `not_found`. */
export async function found<T>(value: Promise<T | null>, what: string): Promise<T> {
  const settled = await value;
  if (settled !== null) return settled;
  throw new RelayError('not_found', `There is no such ${what}.`);
}
