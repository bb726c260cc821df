import { contentCipher, type Environment } from '@relay/config';
import { ContentCipher } from '@relay/core';

const PURPOSE = 'relay/cache/l2';

/** Seals what lies in caches. */
export class EntryCipher extends ContentCipher {
  constructor(secret: string, previous: readonly string[] = []) {
    super(PURPOSE, secret, previous);
  }
}

/** Null: no key is set, nothing is sealed. */
export function cipherOf(environment: Environment): EntryCipher | null {
  return contentCipher(PURPOSE, environment);
}
