import type { IncomingMessage } from 'node:http';
import { err, ok, RelayError, type Result } from '@relay/core';
import { tooLarge } from './decompress';

type Settle = (body: Result<Buffer, RelayError>) => void;

/** Reads a body to its end and tells it once, in memory of its own. Errors: `body_too_large`, `invalid_request` where its client broke it off. */
export function readBody(request: IncomingMessage, limitBytes: number, settle: Settle): void {
  if (Number(request.headers['content-length']) > limitBytes) return settle(err(tooLarge(limitBytes)));
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limitBytes) return end(err(tooLarge(limitBytes)));
    chunks.push(chunk);
  };
  const onEnd = (): void => end(ok(Buffer.concat(chunks, bytes)));
  const onError = ({ message }: Error): void => end(err(new RelayError('invalid_request', message)));
  const end: Settle = (body) => {
    request.off('data', onData).off('end', onEnd).off('error', onError);
    settle(body);
  };
  request.on('data', onData).on('end', onEnd).on('error', onError);
}
