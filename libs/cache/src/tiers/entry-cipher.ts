import { contentCipher, type Environment } from '@relay/config';
import type { ContentCipher } from '@relay/core';

const PURPOSE = 'relay/cache/l2';

/** Seals what lies in caches. Null: no key is set, nothing is sealed. */
export function cipherOf(environment: Environment): ContentCipher | null {
  return contentCipher(PURPOSE, environment);
}
