import { ENVIRONMENT, type Environment } from '@relay/config';
import { ContentCipher } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';

const PLAIN = 0;
const SEALED = 1;
const targetSchema = z.object({ url: z.string(), secret: z.string().optional() });
type Target = z.infer<typeof targetSchema>;

/** URL and secret of a channel as they lie in the database: sealed with RELAY_ENCRYPTION_KEY if there is one. The first byte tells which. */
@Injectable()
export class ChannelSeal {
  private readonly cipher: ContentCipher | null;

  constructor(@Inject(ENVIRONMENT) environment: Environment) {
    const { RELAY_ENCRYPTION_KEY: secret, RELAY_ENCRYPTION_KEY_PREVIOUS: previous } = environment;
    this.cipher = secret === undefined ? null : new ContentCipher('relay/alert-channels', secret, previous);
  }

  /** Opens as the channel `id` only. */
  close(target: Target, id: string): Buffer {
    const plain = Buffer.from(JSON.stringify(target));
    if (this.cipher === null) return Buffer.concat([Buffer.of(PLAIN), plain]);
    return Buffer.concat([Buffer.of(SEALED), this.cipher.seal(plain, id)]);
  }

  open(stored: Uint8Array, id: string): Target {
    const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
    const body = bytes.subarray(1);
    const plain = bytes[0] === PLAIN ? body : this.cipher?.open(body, id);
    if (plain === undefined)
      throw new Error(`the channel ${id} cannot be opened: RELAY_ENCRYPTION_KEY is another one or is not set`);
    return targetSchema.parse(JSON.parse(plain.toString('utf8')));
  }
}
