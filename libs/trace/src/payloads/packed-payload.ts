import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { TracePayload } from '../domain/trace-record';

const PLAIN = 0;
const BROTLI = 1;
const LENGTH_BYTES = 4;
/** Shorter ones hardly get shorter. */
const MIN_COMPRESSED_BYTES = 512;
/** Longer ones are mostly images, which do not get shorter, and would hold up the process: 1 MiB takes about 5 ms. */
const MAX_COMPRESSED_BYTES = 2_097_152;
/** Both texts are bounded when they are recorded; a UTF-16 unit is 3 bytes at most. */
const MAX_UNPACKED_BYTES = 104_857_600;
/** Quality 1 takes 344 µs for 32 kB of prose, level 1 of deflate 768 µs, for about the same length. */
const QUICK = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** Request and answer as one run of bytes: how it is packed, then the length of the request, the request, the answer. */
export function packPayload({ request, response }: TracePayload): Buffer {
  const asked = Buffer.from(request);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(asked.length);
  const whole = Buffer.concat([length, asked, Buffer.from(response)]);
  if (whole.length < MIN_COMPRESSED_BYTES || whole.length > MAX_COMPRESSED_BYTES) return flagged(PLAIN, whole);
  const packed = brotliCompressSync(whole, QUICK);
  return packed.length < whole.length ? flagged(BROTLI, packed) : flagged(PLAIN, whole);
}

/** Null for what no version has packed. */
export function unpackPayload(packed: Buffer): TracePayload | null {
  const content = packed.subarray(1);
  const whole = packed[0] === BROTLI ? unpacked(content) : packed[0] === PLAIN ? content : null;
  if (whole === null || whole.length < LENGTH_BYTES) return null;
  const end = LENGTH_BYTES + whole.readUInt32BE();
  return { request: whole.toString('utf8', LENGTH_BYTES, end), response: whole.toString('utf8', end) };
}

const flagged = (flag: number, content: Buffer): Buffer => Buffer.concat([Buffer.of(flag), content]);

function unpacked(content: Buffer): Buffer | null {
  try {
    return brotliDecompressSync(content, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch {
    return null;
  }
}
