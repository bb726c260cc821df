import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** Some servers compress although `identity` was asked for. Rejects if the coding is unknown, broken, or grows beyond `maxBytes`. */
export async function decodeBody(body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const decoder = DECODERS.get(encoding.trim().toLowerCase());
  if (!decoder) throw new Error(`unknown content-encoding ${encoding}`);
  return decoder(body, { maxOutputLength: maxBytes });
}

export const isEncoded = (encoding: string): boolean => encoding !== '' && encoding.trim().toLowerCase() !== 'identity';
