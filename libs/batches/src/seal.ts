import { Inject, Injectable } from '@nestjs/common';
import { contentCipher, ENVIRONMENT, type Environment } from '@relay/config';
import type { ContentCipher } from '@relay/core';

const PLAIN = 0;
const SEALED = 1;

/** The key that closed something is not there. */
export class KeyGone extends Error {
  constructor(place: string) {
    super(`${place} cannot be opened: RELAY_ENCRYPTION_KEY is another one`);
  }
}

/** What tenants store, as it lies in the database: sealed with RELAY_ENCRYPTION_KEY if there is one. The first byte tells which. */
@Injectable()
export class Seal {
  private readonly cipher: ContentCipher | null;

  constructor(@Inject(ENVIRONMENT) environment: Environment) {
    this.cipher = contentCipher('relay/files', environment);
  }

  /** `place` is where it will lie: elsewhere it does not open. */
  close(plain: Buffer, place: string): Buffer {
    if (this.cipher === null) return Buffer.concat([Buffer.of(PLAIN), plain]);
    return Buffer.concat([Buffer.of(SEALED), this.cipher.seal(plain, place)]);
  }

  /** Throws `KeyGone`. */
  open(stored: Uint8Array, place: string): Buffer {
    const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
    if (bytes[0] === PLAIN) return bytes.subarray(1);
    const plain = this.cipher?.open(bytes.subarray(1), place);
    if (plain === undefined) throw new KeyGone(place);
    return plain;
  }
}
