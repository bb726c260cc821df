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

/** A JSON object, and how long its text is. */
export interface Decoded {
  readonly value: JsonObject;
  readonly bytes: number;
}

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
    const text = await this.textOf(stored, place, MAX_INFLATED_BYTES);
    return text && parseObject(text.toString('utf8'));
  }

  /** The same of a text of at most `maxBytes`; no more than that is inflated. */
  async decodeWithin(stored: Buffer, place: string, maxBytes: number): Promise<Decoded | 'too-long' | null> {
    try {
      const text = await this.textOf(stored, place, maxBytes);
      if (text && text.length > maxBytes) return 'too-long';
      const value = text && parseObject(text.toString('utf8'));
      return value && { value, bytes: text.length };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'too-long';
      throw error;
    }
  }

  private async textOf(stored: Buffer, place: string, maxBytes: number): Promise<Buffer | null> {
    const flags = stored[0] ?? 0;
    const content = stored.subarray(1);
    const packed = flags & SEALED ? this.cipher?.open(content, place) : content;
    if (packed === undefined || packed === null) return null;
    return flags & DEFLATED ? inflate(packed, { maxOutputLength: Math.max(1, maxBytes) }) : packed;
  }
}
