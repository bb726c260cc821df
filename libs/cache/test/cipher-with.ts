import { environmentSchema } from '@relay/config';
import type { ContentCipher } from '@relay/core';
import { cipherOf } from '../src/tiers/entry-cipher';

/** The cipher of a process that has these secrets. */
export function cipherWith(secret: string, previous: readonly string[] = []): ContentCipher {
  const before = previous.length > 0 && { RELAY_ENCRYPTION_KEY_PREVIOUS: previous.join() };
  const variables = { RELAY_ENCRYPTION_KEY: secret, ...before };
  const cipher = cipherOf(environmentSchema.parse(variables));
  if (cipher === null) throw new Error('no key was set');
  return cipher;
}
