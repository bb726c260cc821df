import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { decodeBody } from './decode-body';

const text = Buffer.from('{"a":1}');

describe('decodeBody', () => {
  it.each([
    ['gzip', gzipSync],
    [' X-GZIP ', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('decodes %j', async (encoding, compress) => {
    expect((await decodeBody(compress(text), encoding, 100)).toString()).toBe('{"a":1}');
  });

  it.each(['zstd', 'constructor', 'toString', '__proto__'])('knows no coding %j', async (encoding) => {
    await expect(decodeBody(text, encoding, 100)).rejects.toThrow(`unknown content-encoding ${encoding}`);
  });

  it('rejects what grows beyond the limit', async () => {
    await expect(decodeBody(gzipSync(Buffer.alloc(1_000)), 'gzip', 999)).rejects.toThrow();
  });
});
