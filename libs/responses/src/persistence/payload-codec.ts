import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { ContentCipher } from '@relay/core';
import { parseObject, type JsonObject } from '@relay/protocols';

const deflate = promisify<Buffer, Buffer>(deflateRaw);
const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);

const DEFLATED = 1;
const SEALED = 2;
/** Shorter contents do not get shorter. */
const MIN_DEFLATED_BYTES = 1_024;
/** No request and no answer is as long. */
const MAX_INFLATED_BYTES = 1_073_741_824;

/**
 * JSON objects as they lie in the table: a byte of flags, then the text, deflated where that is worth it, and sealed where there is an
 * encryption key. What was written before there was one can still be read.
 */
export class PayloadCodec {
  constructor(private readonly cipher: ContentCipher | null) {}

  /** `place`: what is sealed for one place does not open at another. */
  async encode(text: Buffer, place: string): Promise<Buffer> {
    const isLong = text.length >= MIN_DEFLATED_BYTES;
    const packed = isLong ? await deflate(text) : text;
    const flags = Buffer.from([(isLong ? DEFLATED : 0) | (this.cipher ? SEALED : 0)]);
    return Buffer.concat([flags, this.cipher ? this.cipher.seal(packed, place) : packed]);
  }

  /** Null: sealed with another key, or altered. */
  async decode(stored: Buffer, place: string): Promise<JsonObject | null> {
    const flags = stored[0] ?? 0;
    const content = stored.subarray(1);
    const packed = flags & SEALED ? this.cipher?.open(content, place) : content;
    if (packed === undefined) return null;
    const text = flags & DEFLATED ? await inflate(packed, { maxOutputLength: MAX_INFLATED_BYTES }) : packed;
    return parseObject(text.toString('utf8'));
  }
}
