import { STATUS_CODES } from 'node:http';
import type { ErrorBody } from '@relay/contracts';

/** The whole reply to what Node's parser, or its clock, refused; the connection ends with it. */
export function refusalOfBroken(error: Error & { readonly code?: string }, maxHeaderBytes: number): string {
  const [status, message] = verdict(error.code, maxHeaderBytes);
  const refusal: ErrorBody = {
    error: { message, type: 'invalid_request_error', code: 'invalid_request', param: null },
  };
  const body = JSON.stringify(refusal);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

function verdict(code: string | undefined, maxHeaderBytes: number): [status: number, message: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, `The request line and the headers are longer than ${maxHeaderBytes} bytes together.`];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'The request did not arrive in time.'];
    default:
      return [400, 'This is no HTTP/1.1 request.'];
  }
}
