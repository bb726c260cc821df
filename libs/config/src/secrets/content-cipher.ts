import { ContentCipher } from '@relay/core';
import type { Environment } from '../environment';

type EncryptionKeys = Pick<Environment, 'RELAY_ENCRYPTION_KEY' | 'RELAY_ENCRYPTION_KEY_PREVIOUS'>;

/** A cipher under the encryption key of the environment that follows its changes; null where there is none. */
export function contentCipher(purpose: string, environment: EncryptionKeys): ContentCipher | null {
  const { RELAY_ENCRYPTION_KEY: secret } = environment;
  if (secret === undefined) return null;
  return new ContentCipher(purpose, () => ({
    sealing: environment.RELAY_ENCRYPTION_KEY ?? secret,
    opening: environment.RELAY_ENCRYPTION_KEY_PREVIOUS ?? NONE,
  }));
}

const NONE: readonly string[] = [];
