import { RelayError } from '@relay/core';
import { isJsonObject } from '@relay/protocols';
import type { ErrorCode } from '@relay/contracts';
import { quote, redact } from './redact';
import { retryAfterSeconds } from './retry-after';

/** A reply of the upstream that the client should see as it is. */
export interface Passthrough {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Why a call failed and whether anything else is worth a try. */
export interface UpstreamFailure {
  readonly error: RelayError;
  readonly retryable: boolean;
  readonly passthrough: Passthrough | null;
  readonly retryAfterMs: number | null;
}

export interface RefusalReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly retryAfterMs: number | null;
}

/**
 * What is wrong with the request itself, by status: nobody else is asked, and the client is told in the upstream's own words if
 * these are JSON. HTML comes from a proxy in between, which does not know what is wrong with the request, and may name hosts.
 */
const CLIENT_FAULTS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  404: 'model_not_found',
  409: 'conflict',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  422: 'invalid_request',
  508: 'loop_detected', // another relay, or this one, says so: asking again would go around once more
};

/** Bad key, no credit, forbidden, or a hiccup: another target or attempt may do better. */
const RETRYABLE_4XX: ReadonlySet<number> = new Set([401, 402, 403, 408, 425]);

/** A reply whose status is not 2xx. */
export function refusalFailure(provider: string, reply: RefusalReply, secrets: readonly string[]): UpstreamFailure {
  const said = quote(upstreamMessage(reply.body), secrets);
  const detail = said === '' ? '' : `: ${said}`;
  const { status, retryAfterMs } = reply;
  if (status === 429) return rateLimited(provider, detail, retryAfterMs);
  const clientFault = CLIENT_FAULTS[status];
  if (clientFault !== undefined) {
    const passthrough = passthroughOf(reply, secrets);
    const code = passthrough === null ? 'upstream_error' : clientFault;
    const error = new RelayError(code, `Provider ${provider} refused the request with ${status}${detail}`);
    return { error, retryable: false, passthrough, retryAfterMs: null };
  }
  // A 401 or 403 of the upstream concerns the relay's key: its words may name the key, so they are not quoted.
  const isCredential = status === 401 || status === 403;
  const text = isCredential
    ? `Provider ${provider} did not accept the relay's credentials (${status}).`
    : `Provider ${provider} answered ${status}${detail}`;
  const retryable = status >= 500 || status < 400 || RETRYABLE_4XX.has(status);
  return { error: new RelayError('upstream_error', text), retryable, passthrough: null, retryAfterMs };
}

function rateLimited(provider: string, detail: string, retryAfterMs: number | null): UpstreamFailure {
  const error = new RelayError('upstream_rate_limited', `Provider ${provider} limits the rate of requests${detail}`, {
    retryAfterSeconds: retryAfterSeconds(retryAfterMs),
  });
  return { error, retryable: true, passthrough: null, retryAfterMs };
}

/** The body as it came, except that secrets are taken out should it repeat one; null if it is not JSON by its type and its text. */
function passthroughOf({ status, contentType, body }: RefusalReply, secrets: readonly string[]): Passthrough | null {
  if (contentType !== '' && !contentType.toLowerCase().includes('json')) return null;
  const text = body.toString('utf8');
  const clean = redact(text, secrets);
  if (parseJson(clean) === undefined) return null;
  return {
    status,
    contentType: contentType || 'application/json',
    body: clean === text ? body : Buffer.from(clean),
  };
}

/** The message of an OpenAI-shaped error, or nothing: HTML and other prose help nobody. */
const upstreamMessage = (body: Buffer): string => errorMessage(parseJson(body.toString('utf8')));

/** The value, or `undefined`, which JSON cannot say, if the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The message in `{ error: { message } }`, `{ error: "…" }` or `{ message }`; empty if there is none. */
export function errorMessage(payload: unknown): string {
  if (!isJsonObject(payload)) return '';
  const error = payload['error'];
  const message = isJsonObject(error) ? error['message'] : (error ?? payload['message']);
  return typeof message === 'string' ? message : '';
}

/** An error object that came with status 200, alone or inside a stream. */
export function reportedFailure(provider: string, payload: unknown, secrets: readonly string[]): UpstreamFailure {
  const said = quote(errorMessage(payload), secrets);
  const detail = said === '' ? '' : `: ${said}`;
  if (isRateLimit(payload)) return rateLimited(provider, detail, null);
  return fault('upstream_error', `Provider ${provider} reported an error${detail}`);
}

function isRateLimit(payload: unknown): boolean {
  const error = isJsonObject(payload) ? payload['error'] : undefined;
  if (!isJsonObject(error)) return false;
  return [error['code'], error['status'], error['type']].some(
    (mark) => mark === 429 || mark === '429' || mark === 'rate_limit_exceeded',
  );
}

/** A failure that says nothing about the request: another target or attempt may help. */
export function fault(code: ErrorCode, message: string, cause?: unknown): UpstreamFailure {
  const error = new RelayError(code, message, cause === undefined ? {} : { cause });
  return { error, retryable: true, passthrough: null, retryAfterMs: null };
}

/** A failure after which trying again is pointless: the time is up, or nobody waits any more. */
export function finalFailure(error: RelayError): UpstreamFailure {
  return { error, retryable: false, passthrough: null, retryAfterMs: null };
}

/** The caller ended the call: by the reason it gave, else because its client left. */
export function abortFailure(reason: unknown): UpstreamFailure {
  return finalFailure(
    reason instanceof RelayError ? reason : new RelayError('client_closed', 'The client closed the request.'),
  );
}
