import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
const POOL_BYTES = 4_096;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let offset = POOL_BYTES;

/** Where in the pool 16 new bytes of a UUID version 7 (RFC 9562) begin: 48 bits of ms since the epoch, then random bits. */
function newUuidV7(atMs: number): number {
  if (offset + ID_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    offset = 0;
  }
  const start = offset;
  offset += ID_BYTES;
  pool.writeUIntBE(atMs, start, 6);
  pool[start + 6] = ((pool[start + 6] ?? 0) & 0x0f) | 0x70;
  pool[start + 8] = ((pool[start + 8] ?? 0) & 0x3f) | 0x80;
  return start;
}

const HEX = Buffer.from('0123456789abcdef');
const text = Buffer.from('00000000-0000-0000-0000-000000000000');
/** Where in the text each byte stands. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/**
 * A new trace id: a UUID version 7, so ids sort by time and tell their day. Without dashes it is a W3C trace id. Written digit by digit,
 * 0.17 µs: put together from pieces of `toString('hex')` it took 0.45.
 */
export function newTraceId(atMs: number): string {
  let from = newUuidV7(atMs);
  for (const place of PLACES) {
    const byte = pool[from++] ?? 0;
    text[place] = HEX[byte >> 4] ?? 0;
    text[place + 1] = HEX[byte & 0x0f] ?? 0;
  }
  return text.toString('latin1');
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Of any version, in lower case as the relay writes them. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** 64 hex digits in lower case: a key or a fingerprint. */
export const isSha256Hex = (text: string): boolean => SHA256_HEX.test(text);

const ID_CHARS = 36;
const TIME_CHARS = 13; // 12 digits and a dash
/** Values of hex digits in lower case by their code; -1: no digit. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code)));

/**
 * When a trace id was made, ms since the epoch; `undefined` if it is not a trace id. Read digit by digit: with a regular expression and
 * `parseInt` it took 0.24 µs instead of 0.12.
 */
export function traceIdTime(id: string): number | undefined {
  if (id.length !== ID_CHARS || id[14] !== '7' || !'89ab'.includes(id.charAt(19))) return undefined;
  let time = 0;
  for (let place = 0; place < ID_CHARS; place++) {
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      if (id[place] !== '-') return undefined;
      continue;
    }
    const digit = VALUES[id.charCodeAt(place)] ?? -1;
    if (digit < 0) return undefined;
    if (place < TIME_CHARS) time = time * 16 + digit;
  }
  return time;
}
