import { RelayError } from '@relay/core';

interface KeyLife {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly rotatedTo: string | null;
}

/**
 * Why a key is not changed any more; null if it can be. `inTime`: the change moves its end, which another key that has taken its place has
 * fixed. `nowMs`: the key has to be in use at that time.
 */
export function endedKey(
  { revokedAt, rotatedTo, expiresAt }: KeyLife,
  inTime: boolean,
  nowMs?: number,
): RelayError | null {
  if (revokedAt !== null) return refusal('This key is revoked for good. Create another one.');
  if (inTime && rotatedTo !== null) return refusal(`This key was rotated: the key ${rotatedTo} has taken its place.`);
  const ended = nowMs !== undefined && expiresAt !== null && expiresAt.getTime() <= nowMs;
  return ended ? refusal('This key has expired. Create another one, or move its expiresAt first.') : null;
}

/** The end of the key that takes the place of another: as long from now as that one was made for. */
export function expiryOfSuccessor({ createdAt, expiresAt }: KeyLife, nowMs: number): Date | null {
  return expiresAt === null ? null : new Date(nowMs + (expiresAt.getTime() - createdAt.getTime()));
}

function refusal(message: string): RelayError {
  return new RelayError('conflict', message, { param: 'keyId' });
}
