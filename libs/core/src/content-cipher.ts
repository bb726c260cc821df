import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12; // NIST SP 800-38D, 5.2.1.1
const TAG_BYTES = 16;
const HEADER_BYTES = KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

interface CipherKey {
  readonly key: Buffer;
  /** Tells sealed values of another secret apart without trying to open them. */
  readonly id: Buffer;
}

const DIGEST_BYTES = 16;

/** The secret that seals, and those of before. */
export interface CipherSecrets {
  readonly sealing: string;
  readonly opening: readonly string[];
}

/**
 * AES-256-GCM under a key derived (HKDF-SHA-256, RFC 5869) from the relay's secret, another one for each purpose. Sealed: key id, IV,
 * tag, ciphertext. Secrets of before still open what they sealed, so that a new one can be brought in without losing anything.
 */
export class ContentCipher {
  private readonly secrets: () => CipherSecrets;
  private sealing: CipherKey;
  private opening: readonly CipherKey[];
  private seen: CipherSecrets;

  /** Secrets that are a function are asked for at each use, so that a change takes effect. */
  constructor(
    private readonly purpose: string,
    secret: string | (() => CipherSecrets),
    previous: readonly string[] = [],
  ) {
    const fixed: CipherSecrets = { sealing: typeof secret === 'string' ? secret : '', opening: previous };
    this.secrets = typeof secret === 'string' ? () => fixed : secret;
    this.seen = this.secrets();
    [this.sealing, this.opening] = deriveKeys(purpose, this.seen);
  }

  private follow(): void {
    const now = this.secrets();
    const { sealing, opening } = this.seen;
    if (now.sealing === sealing && now.opening === opening) return;
    this.seen = now;
    [this.sealing, this.opening] = deriveKeys(this.purpose, now);
  }

  /** `context` is authenticated but not stored: a value moved to another place does not open. */
  seal(plain: Buffer, context: string): Buffer {
    this.follow();
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.sealing.key, iv, { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(context),
    );
    const sealed = [cipher.update(plain), cipher.final()];
    return Buffer.concat([this.sealing.id, iv, cipher.getAuthTag(), ...sealed]);
  }

  /** Equal for equal texts of one context; says nothing of them without the secret (HMAC-SHA-256, shortened). In hex. */
  digest(text: string, context: string): string {
    this.follow();
    const key = derive(this.seen.sealing, `${this.purpose}/digest`, KEY_BYTES);
    const digest = createHmac('sha256', key).update(`${context.length} ${context} `).update(text).digest();
    return digest.toString('hex', 0, DIGEST_BYTES);
  }

  /** `undefined` for values of an unknown secret and for altered ones. */
  open(sealed: Buffer, context: string): Buffer | undefined {
    if (sealed.length < HEADER_BYTES) return undefined;
    this.follow();
    const known = this.opening.find(({ id }) => id.equals(sealed.subarray(0, KEY_ID_BYTES)));
    if (known === undefined) return undefined;
    const iv = sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
    const decipher = createDecipheriv(ALGORITHM, known.key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(KEY_ID_BYTES + IV_BYTES, HEADER_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]);
    } catch {
      return undefined; // the tag does not fit
    }
  }
}

function deriveKeys(purpose: string, { sealing, opening }: CipherSecrets): [CipherKey, readonly CipherKey[]] {
  const first = deriveKey(purpose, sealing);
  return [first, [first, ...opening.map((one) => deriveKey(purpose, one))]];
}

function deriveKey(purpose: string, secret: string): CipherKey {
  return {
    key: derive(secret, `${purpose}/key`, KEY_BYTES),
    id: derive(secret, `${purpose}/key-id`, KEY_ID_BYTES),
  };
}

function derive(secret: string, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', info, bytes));
}
