import { RelayError } from '@relay/core';
import { errors } from 'undici';
import { fault, finalFailure, type UpstreamFailure } from '../../domain/upstream-failure';

/** The code of an error of the proxy before a provider. */
export const PROXY_FAILED = 'ERR_RELAY_PROXY';

/** A broken transport in the relay's terms. The messages name no address: clients see them. */
export function transportFailure(
  provider: string,
  error: Error,
  timeouts: { headersMs: number; idleMs: number },
): UpstreamFailure {
  if (error instanceof errors.HeadersTimeoutError) {
    return fault('upstream_timeout', `Provider ${provider} did not answer within ${timeouts.headersMs} ms.`, error);
  }
  if (error instanceof errors.BodyTimeoutError) {
    return fault(
      'upstream_timeout',
      `Provider ${provider} was silent for ${timeouts.idleMs} ms in the middle of its answer.`,
      error,
    );
  }
  if (error instanceof errors.ConnectTimeoutError) {
    return fault('upstream_timeout', `Provider ${provider} did not accept a connection in time.`, error);
  }
  return fault('upstream_error', `Provider ${provider} ${describe(codeOf(error))}.`, error);
}

/** A stream that says a little now and then, and does not end: it holds a slot and two connections. */
export function endlessStream(provider: string, streamMs: number): UpstreamFailure {
  const message = `Provider ${provider} did not end its stream within ${streamMs} ms (timeouts.streamMs).`;
  return finalFailure(new RelayError('upstream_timeout', message));
}

function describe(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused the connection';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'could not be found: its name does not resolve';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return 'closed the connection before its answer was complete';
    case PROXY_FAILED:
      return 'could not be reached: its proxy did not open a way';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `showed a certificate that is not accepted (${code})`;
    default:
      return code === '' ? 'could not be reached' : `could not be reached (${code})`;
  }
}

/** With several addresses tried, Node wraps the reasons in an AggregateError; its first code tells. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return first instanceof Error ? codeOf(first) : '';
}
