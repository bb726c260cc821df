import { STATUS_CODES, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type ErrorBody, type ErrorCode, HEADERS } from '@relay/contracts';
import { newTraceId, systemClock } from '@relay/core';
import { requestIdOf } from '../../../gateway/src/http/request-id';

/** What is refused before either plane sees it. The connection ends with it, and no trace is kept of it. */
export interface DoorRefusal {
  readonly status: number;
  readonly message: string;
  readonly code?: ErrorCode; // default: invalid_request
  readonly headers?: Readonly<Record<string, string>>;
}

/** RFC 9112, 3.2. */
export const NO_HOST: DoorRefusal = { status: 400, message: 'The request has no Host header; HTTP/1.1 demands one.' };

/** RFC 9110, 10.1.1. */
export const UNMET_EXPECTATION: DoorRefusal = {
  status: 417,
  message: 'The header Expect holds something else than 100-continue.',
};

/** No method is allowed on what CONNECT names, a host and a port: an empty `allow` says so (RFC 9110, 10.2.1). */
export const NO_TUNNEL: DoorRefusal = {
  status: 405,
  message: 'The relay opens no tunnels: it does not take CONNECT.',
  code: 'method_not_allowed',
  headers: { allow: '' },
};

/** What Node's parser, or its clock, did not let pass. */
export function refusalOfBroken(error: Error & { readonly code?: string }, maxHeaderBytes: number): DoorRefusal {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        message: `The request line and the headers are longer than ${maxHeaderBytes} bytes together.`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request did not arrive in time.' };
    default:
      return { status: 400, message: 'This is no HTTP/1.1 request.' };
  }
}

/** The whole reply, for a connection on which Node has made no response. `asked`: the request's headers, where they are known. */
export function refusalText(refusal: DoorRefusal, asked: IncomingHttpHeaders = {}): string {
  const [headers, body] = replyOf(refusal, asked);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const { status } = refusal;
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
}

export function sendRefusal(response: ServerResponse, refusal: DoorRefusal): void {
  const [headers, body] = replyOf(refusal, response.req.headers);
  response.shouldKeepAlive = false;
  response.writeHead(refusal.status, headers).end(body);
}

function replyOf(
  { message, code = 'invalid_request', headers }: DoorRefusal,
  asked: IncomingHttpHeaders,
): [headers: Record<string, string>, body: string] {
  const said: ErrorBody = { error: { message, type: 'invalid_request_error', code, param: null } };
  const body = JSON.stringify(said);
  const traceId = newTraceId(systemClock.now());
  const all = {
    connection: 'close',
    [HEADERS.requestId]: requestIdOf(asked[HEADERS.requestId], traceId),
    [HEADERS.traceId]: traceId,
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  };
  return [all, body];
}
