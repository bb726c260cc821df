import type { RelayError } from '@relay/core';
import { isJsonObject, type JsonObject } from '../json/json-object';
import { eventFrame } from './event-frame';

/** Anthropic's names of errors, by status (https://docs.anthropic.com/en/api/errors). */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  409: 'conflict_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** The relay's code stands where OpenAI's clients find it, and in the details, where Anthropic's look for it. */
export function messageErrorBody({ code, message, param, status }: RelayError): object {
  const type = TYPES[status] ?? 'api_error';
  return { type: 'error', error: { type, message, code, param, details: { error_code: code } } };
}

export function messageErrorFrames(error: RelayError): string {
  return eventFrame({ ...messageErrorBody(error), type: 'error' });
}

/** An error that an Anthropic server tells, as OpenAI has it; null if the payload is none. */
export function toldError(payload: JsonObject): JsonObject | null {
  const { error } = payload;
  if (!isJsonObject(error)) return payload['type'] === 'error' ? { error: { message: '', type: 'api_error' } } : null;
  const code = error['type'] === 'rate_limit_error' ? 'rate_limit_exceeded' : error['type'];
  return { error: { code, ...error } };
}
