import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { err, ok, RelayError, type Result } from '@relay/core';

type Inflate = (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;

const DECODERS = new Map<string, Inflate>([
  ['identity', (body) => Promise.resolve(body)],
  ['gzip', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)],
  ['deflate', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)],
  ['br', promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)],
]);

/** Undoes Content-Encoding, whose case does not matter (RFC 9110 8.4.1); the limit holds for what comes out, so a small body cannot unfold into a large one. */
export async function decompress(
  body: Buffer,
  encoding = 'identity',
  limitBytes: number,
): Promise<Result<Buffer, RelayError>> {
  const decode = DECODERS.get(encoding.trim().toLowerCase());
  if (!decode) {
    return err(
      new RelayError(
        'unsupported_media_type',
        `Content-Encoding "${encoding.slice(0, 40)}" is not supported; allowed: gzip, deflate, br, identity.`,
        {
          param: 'content-encoding',
        },
      ),
    );
  }
  try {
    return ok(await decode(body, { maxOutputLength: limitBytes }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return err(tooLarge(limitBytes));
    return err(new RelayError('invalid_request', `The body is not valid ${encoding}.`, { param: 'content-encoding' }));
  }
}

export function tooLarge(limitBytes: number): RelayError {
  return new RelayError('body_too_large', `The body is larger than ${limitBytes} bytes, after decompression.`);
}
