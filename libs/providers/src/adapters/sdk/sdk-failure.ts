import { RelayError } from '@relay/core';
import { isJsonObject } from '@relay/protocols';
import { fault, finalFailure, reportedFailure, type UpstreamFailure } from '../../domain/upstream-failure';
import { quote } from '../../domain/redact';
import type { SdkContext } from './sdk-context';

/** What a package throws when the request asks for something that it cannot put into the vendor's terms. */
const REQUEST_ERRORS: ReadonlySet<string> = new Set([
  'AI_UnsupportedFunctionalityError',
  'AI_InvalidPromptError',
  'AI_InvalidArgumentError',
  'AI_TooManyEmbeddingValuesForCallError',
]);
/** What it tells of an event that it could not read. */
const UNREADABLE: ReadonlySet<string> = new Set(['AI_JSONParseError', 'AI_TypeValidationError']);

/** What was thrown before anything was sent is the request's fault; later it is the answer's. */
export function thrownFailure(thrown: unknown, wasSent: boolean, { providerId, secrets }: SdkContext): UpstreamFailure {
  if (!wasSent && thrown instanceof Error) {
    if (!REQUEST_ERRORS.has(thrown.name)) {
      return fault(
        'upstream_error',
        `Provider ${providerId} could not be asked: ${quote(thrown.message, secrets)}`,
        thrown,
      );
    }
    const message = `Provider ${providerId} cannot be asked this: ${quote(thrown.message, secrets)}`;
    return finalFailure(new RelayError('invalid_request', message, { cause: thrown }));
  }
  const reported = errorIn(thrown);
  if (reported) return reportedFailure(providerId, reported, secrets);
  return fault('upstream_error', `Provider ${providerId} sent an answer that cannot be read.`, thrown);
}

/** An error inside a stream; null for one event that could not be read, which does not void the rest. */
export function streamFailure(error: unknown, { providerId, secrets }: SdkContext): UpstreamFailure | null {
  if (error instanceof Error && UNREADABLE.has(error.name)) return null;
  const reported = errorIn(error) ?? { error: { message: error instanceof Error ? error.message : '' } };
  return reportedFailure(providerId, reported, secrets);
}

/** The vendor's own error object, wherever the package put it, in OpenAI's shape. */
function errorIn(thrown: unknown): { error: { message: string; code: string } } | null {
  const inner = isJsonObject(thrown) && 'responseBody' in thrown ? parsed(thrown['responseBody']) : thrown;
  if (!isJsonObject(inner) || inner instanceof Error) return null;
  const error = isJsonObject(inner['error']) ? inner['error'] : inner;
  const { message, type, status, name } = error;
  if (typeof message !== 'string') return null;
  const kind = [type, status, name, error['code']].find((one) => typeof one === 'string' || one === 429);
  return {
    error: { message, code: /rate_limit|RESOURCE_EXHAUSTED|hrottling|^429$/.test(String(kind)) ? '429' : String(kind) },
  };
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body)) as unknown;
  } catch {
    return null;
  }
}
