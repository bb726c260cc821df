import type { IncomingMessage, ServerResponse } from 'node:http';
import { err, ok, RelayError, type Result } from '@relay/core';
import { tooLarge } from './decompress';

type Settle = (body: Result<Buffer, RelayError>) => void;

/**
 * Reads a body to its end and tells it once, in memory of its own; a client that waits for a word before it sends one gets it. Errors:
 * `body_too_large`, `invalid_request` where its client broke it off.
 */
export function readBody(request: IncomingMessage, response: ServerResponse, limitBytes: number, settle: Settle): void {
  const { headers, destroyed } = request;
  if (destroyed) return settle(err(new RelayError('invalid_request', 'aborted'))); // no event tells of it again
  if (Number(headers['content-length']) > limitBytes) return settle(err(tooLarge(limitBytes)));
  if (headers.expect !== undefined) response.writeContinue();
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
