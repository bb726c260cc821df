import type { ContentCipher } from '@relay/core';
import { flightMessageSchema, type FlightMessage } from './flight-messages';

const MAGIC = 0xf1;
const VERSION = 1;
const FLAG_SEALED = 1;
const PREFIX_BYTES = 3; // magic, version, flags
const KEY_BYTES = 32;
const HEADER_AT = PREFIX_BYTES + KEY_BYTES;
const LENGTH_BYTES = 4;

export interface Received {
  /** Exact key of the flight, 64 hex digits. */
  readonly key: string;
  readonly message: FlightMessage;
  readonly payload: Buffer;
}

/**
 * Messages about flights as bytes.
 *
 *     magic 1 | version 1 | flags 1 | exact key 32 | content, or sealed content (see ContentCipher; bound to the key)
 *     content = length of JSON 4 | JSON | payload
 */
export class FlightCodec {
  /** With a cipher everything is sealed, and what is not sealed is not heard. */
  constructor(private readonly cipher: ContentCipher | null) {}

  encode(key: string, message: FlightMessage, payload: readonly Buffer[]): Buffer {
    const json = Buffer.from(JSON.stringify(message));
    const head = Buffer.allocUnsafe(HEADER_AT);
    head[0] = MAGIC;
    head[1] = VERSION;
    head[2] = this.cipher ? FLAG_SEALED : 0;
    head.write(key, PREFIX_BYTES, 'hex');
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt32BE(json.length);
    const content = [length, json, ...payload];
    if (!this.cipher) return Buffer.concat([head, ...content]);
    return Buffer.concat([head, this.cipher.seal(Buffer.concat(content), context(key))]);
  }

  /** `undefined` for whatever no relay of this version and secret has sent. */
  decode(bytes: Buffer): Received | undefined {
    if (bytes.length < HEADER_AT || bytes[0] !== MAGIC || bytes[1] !== VERSION) return undefined;
    if (bytes[2] !== (this.cipher ? FLAG_SEALED : 0)) return undefined;
    const key = bytes.toString('hex', PREFIX_BYTES, HEADER_AT);
    const rest = bytes.subarray(HEADER_AT);
    const content = this.cipher ? this.cipher.open(rest, context(key)) : rest;
    if (content === undefined || content.length < LENGTH_BYTES) return undefined;
    const payloadAt = LENGTH_BYTES + content.readUInt32BE();
    if (payloadAt > content.length) return undefined;
    const message = parse(content.toString('utf8', LENGTH_BYTES, payloadAt));
    return message && { key, message, payload: content.subarray(payloadAt) };
  }
}

const context = (key: string): string => `flight:${VERSION}:${key}`;

function parse(json: string): FlightMessage | undefined {
  try {
    return flightMessageSchema.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}
