import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, crc32 } from 'node:zlib';
import { tokenPartsSchema } from '@relay/contracts';
import { z } from 'zod';
import type { CachedAnswer } from '../domain/cached-answer';
import type { ContentCipher } from '@relay/core';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

const MAGIC = 0xc5; // no UTF-8 text starts with it followed by a version byte
export const SCHEMA_VERSION = 2;
const FLAG_COMPRESSED = 1;
const FLAG_ENCRYPTED = 2;
const PREFIX_BYTES = 3; // magic, version, flags
const CHECKSUM_BYTES = 4;
const META_LENGTH_BYTES = 4;

/** Below this, compression costs more than the bytes it saves. */
const COMPRESS_FROM_BYTES = 2_048;
/** Kept only if it saves at least a tenth. */
const WORTHWHILE_RATIO = 0.9;
/** 44 µs for 8 kB of JSON against 98 µs of deflate level 1, 5% larger. */
const BROTLI_QUALITY = 1;
/** Room for the meta data in front of a body when the size of an entry is checked. */
const META_ALLOWANCE_BYTES = 16_384;

const metaSchema = z.object({
  status: z.number(),
  errorCode: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
  staleUntil: z.number(),
  epoch: z.number(),
  labels: z.array(z.string()),
  sourceTraceId: z.string(),
  servedModel: z.string(),
  provider: z.string(),
  inputTokens: z.number().nullable(),
  cachedInputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.string().nullable(),
  priceVersion: z.string().nullish(),
  reasoningTokens: z.number().optional(),
  tokenParts: tokenPartsSchema.optional(),
  usageEstimated: z.boolean().optional(),
  ttftMs: z.number().nullable(),
  tookMs: z.number(),
});

/**
 * An answer as bytes for a shared store.
 *
 *     magic 1 | version 1 | flags 1 | sealed (see ContentCipher), or CRC-32 of key and packed 4 + packed
 *     packed = content, or brotli(content); content = meta length 4 | meta JSON | body
 */
export class EntryCodec {
  /** With a cipher every value is encrypted and plain values are not accepted. */
  constructor(private readonly cipher: ContentCipher | null) {}

  async encode(key: string, answer: CachedAnswer): Promise<Buffer> {
    const content = toContent(answer);
    const packed = await pack(content);
    const flags = (packed === content ? 0 : FLAG_COMPRESSED) | (this.cipher ? FLAG_ENCRYPTED : 0);
    const prefix = Buffer.from([MAGIC, SCHEMA_VERSION, flags]);
    if (this.cipher) return Buffer.concat([prefix, this.cipher.seal(packed, context(flags, key))]);
    const checksum = Buffer.alloc(CHECKSUM_BYTES);
    checksum.writeUInt32BE(checksumOf(key, packed));
    return Buffer.concat([prefix, checksum, packed]);
  }

  /** `undefined` for whatever this relay did not write: garbage, another schema or secret, an altered or oversized value. */
  async decode(key: string, value: Buffer, maxBodyBytes: number): Promise<CachedAnswer | undefined> {
    if (value.length < PREFIX_BYTES || value[0] !== MAGIC || value[1] !== SCHEMA_VERSION) return undefined;
    const flags = value[2] ?? 0;
    const packed = this.unseal(key, flags, value.subarray(PREFIX_BYTES));
    if (packed === undefined) return undefined;
    const maxOutputLength = maxBodyBytes + META_ALLOWANCE_BYTES;
    try {
      return fromContent(
        flags & FLAG_COMPRESSED ? await decompress(packed, { maxOutputLength }) : packed,
        maxBodyBytes,
      );
    } catch {
      return undefined; // not brotli, larger than allowed, or meta data that is no JSON
    }
  }

  private unseal(key: string, flags: number, rest: Buffer): Buffer | undefined {
    if (Boolean(flags & FLAG_ENCRYPTED) !== (this.cipher !== null)) return undefined;
    if (this.cipher) return this.cipher.open(rest, context(flags, key));
    if (rest.length < CHECKSUM_BYTES) return undefined;
    const packed = rest.subarray(CHECKSUM_BYTES);
    return rest.readUInt32BE() === checksumOf(key, packed) ? packed : undefined;
  }
}

/** What a sealed value is bound to: its prefix and its key. */
const context = (flags: number, key: string): string => `${SCHEMA_VERSION}:${flags}:${key}`;

/** Over the key as well: a value that was moved to another key is not taken for its. */
const checksumOf = (key: string, packed: Buffer): number => crc32(packed, crc32(key));

function toContent({ body, ...meta }: CachedAnswer): Buffer {
  const metaJson = Buffer.from(JSON.stringify(meta));
  const length = Buffer.alloc(META_LENGTH_BYTES);
  length.writeUInt32BE(metaJson.length);
  return Buffer.concat([length, metaJson, body]);
}

function fromContent(content: Buffer, maxBodyBytes: number): CachedAnswer | undefined {
  if (content.length < META_LENGTH_BYTES) return undefined;
  const bodyAt = META_LENGTH_BYTES + content.readUInt32BE();
  const bodyBytes = content.length - bodyAt;
  if (bodyBytes < 0 || bodyBytes > maxBodyBytes) return undefined;
  const meta = metaSchema.safeParse(JSON.parse(content.toString('utf8', META_LENGTH_BYTES, bodyAt)));
  return meta.success ? { ...meta.data, body: content.subarray(bodyAt) } : undefined;
}

/** The content itself, or its compressed form if that pays. */
async function pack(content: Buffer): Promise<Buffer> {
  if (content.length < COMPRESS_FROM_BYTES) return content;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const packed = await compress(content, { params });
  return packed.length <= content.length * WORTHWHILE_RATIO ? packed : content;
}
