import { OPERATION_SHAPES, type ChatCompletionRequest, type Operation } from '@relay/contracts';
import { err, ok, type RelayError, type Result } from '@relay/core';
import { type JsonObject, readingOf } from '@relay/protocols';
import type { z } from 'zod';
import { describeIssue, invalid, parseJsonBody } from '../json-body';
import { parseForm } from './parse-form';
import { wrongContentType } from './wrong-content-type';

/** OpenAI's own API has about 40 top-level fields; each costs some microseconds on the way, for everybody. */
const MAX_FIELDS = 500;

export interface ParsedRequest {
  /** The body as it came, unknown fields included: the upstream gets the bytes, and the cache key covers every field. */
  readonly asked: JsonObject;
  /** The same as a chat completion. */
  readonly request: ChatCompletionRequest;
}

/** The body as the relay needs it. What is checked is only what the relay itself relies on. */
export function parseRequest(operation: Operation, body: Buffer, contentType = ''): Result<ParsedRequest, RelayError> {
  const reading = readingOf(operation);
  const mistaken = wrongContentType(operation, contentType);
  if (mistaken) return err(mistaken);
  const isForm = OPERATION_SHAPES[operation].body === 'form';
  const read = isForm ? parseForm(body, contentType, reading.expected) : parseJsonBody(body, reading.expected);
  if (!read.ok) return read;
  const parsed = read.value;
  const fields = parsed !== null && typeof parsed === 'object' ? Object.keys(parsed).length : 0;
  if (fields > MAX_FIELDS) return invalid(`The body has ${fields} fields; allowed: at most ${MAX_FIELDS}.`);
  const checked = reading.schema.safeParse(parsed);
  if (!checked.success) return repeatedField(isForm, parsed, checked.error) ?? describeIssue(checked.error.issues[0]);
  const asked = parsed as JsonObject;
  const request = reading.toChat(asked);
  return request.ok ? ok({ asked, request: request.value }) : request;
}

/** A field of a form that may stand once and stands several times; null where something else is wrong. */
function repeatedField(isForm: boolean, parsed: unknown, { issues }: z.ZodError): Result<never, RelayError> | null {
  const field = String(issues[0]?.path[0] ?? '');
  const value = isForm ? (parsed as JsonObject)[field] : null;
  if (!Array.isArray(value)) return null;
  return invalid(`${field}: the form has it ${value.length} times; allowed: once.`, field);
}
