import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12; // NIST SP 800-38D, 5.2.1.1
const TAG_BYTES = 16;
const HEADER_BYTES = KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

/** AES-256-GCM under a key derived (HKDF-SHA-256, RFC 5869) from the relay's secret. Sealed: key id, IV, tag, ciphertext. */
export class EntryCipher {
  private readonly key: Buffer;
  /** Tells sealed values of another secret apart without trying to open them. */
  private readonly keyId: Buffer;

  constructor(secret: string) {
    this.key = derive(secret, 'relay/cache/l2/key', KEY_BYTES);
    this.keyId = derive(secret, 'relay/cache/l2/key-id', KEY_ID_BYTES);
  }

  /** `context` is authenticated but not stored: a value moved to another place does not open. */
  seal(plain: Buffer, context: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
    const sealed = [cipher.update(plain), cipher.final()];
    return Buffer.concat([this.keyId, iv, cipher.getAuthTag(), ...sealed]);
  }

  /** `undefined` for another secret's values and for altered ones. */
  open(sealed: Buffer, context: string): Buffer | undefined {
    if (sealed.length < HEADER_BYTES || !sealed.subarray(0, KEY_ID_BYTES).equals(this.keyId)) return undefined;
    const iv = sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(KEY_ID_BYTES + IV_BYTES, HEADER_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]);
    } catch {
      return undefined; // the tag does not fit
    }
  }
}

function derive(secret: string, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', info, bytes));
}
