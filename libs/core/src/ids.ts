import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4_096;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let offset = POOL_BYTES;

/** 16 bytes of a UUID version 7 (RFC 9562): 48 bits of ms since the epoch, then random bits. */
function uuidV7Bytes(atMs: number): Buffer {
  if (offset + 16 > POOL_BYTES) {
    randomFillSync(pool);
    offset = 0;
  }
  const bytes = pool.subarray(offset, offset + 16);
  offset += 16;
  bytes.writeUIntBE(atMs, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}

/** A new trace id: a UUID version 7, so ids sort by time and tell their day. Without dashes it is a W3C trace id. */
export function newTraceId(atMs: number): string {
  const hex = uuidV7Bytes(atMs).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Of any version, in lower case as the relay writes them. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** 64 hex digits in lower case: a key or a fingerprint. */
export const isSha256Hex = (text: string): boolean => SHA256_HEX.test(text);

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** When a trace id was made, ms since the epoch; `undefined` if it is not a trace id. */
export function traceIdTime(id: string): number | undefined {
  if (!UUID_V7.test(id)) return undefined;
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
