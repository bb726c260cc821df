import { isUtf8 } from 'node:buffer';
import { ok, type RelayError, type Result } from '@relay/core';
import {
  boundaryOf,
  fileLie,
  formFields,
  type FormPart,
  type JsonObject,
  MAGIC_BYTES,
  scanForm,
  writeForm,
} from '@relay/protocols';
import { invalid } from '../json-body';

/** A prompt or a list of words; files are bounded by the limit of the body alone. */
const MAX_FIELD_BYTES = 1_048_576;

/** The fields of a form; of its files what is known of them. `expected` says what it should hold, for one that is empty. */
export function parseForm(body: Buffer, contentType: string, expected: string): Result<JsonObject, RelayError> {
  if (body.length === 0) return invalid(`The body is empty; expected ${expected}.`);
  const boundary = boundaryOf(contentType);
  if (boundary === null) return invalid('The content type names no boundary, or one that is none.', 'content-type');
  const parts = scanForm(body, boundary);
  if ('problem' in parts) return invalid(`The body is not a sound form: ${parts.problem}.`);
  for (const part of parts) {
    const problem = problemOf(body, part);
    if (problem !== null) return invalid(`${part.name}: ${problem}.`, part.name);
  }
  return ok(formFields(body, parts));
}

/** A form that could be parsed, with the fields that guards made of it; the bytes of its files as they came. */
export function rewriteForm(body: Buffer, contentType: string, fields: JsonObject): Buffer {
  const boundary = boundaryOf(contentType) ?? '';
  const parts = scanForm(body, boundary);
  if ('problem' in parts) throw new Error('a form that was read before is none');
  return writeForm(body, boundary, parts, fields);
}

/** What the trace may keep of a form: its fields, and of its files what is known of them. */
export function formInWords(body: Buffer, contentType: string): string {
  const parts = scanForm(body, boundaryOf(contentType) ?? '');
  return 'problem' in parts ? '' : JSON.stringify(formFields(body, parts));
}

function problemOf(body: Buffer, { filename, contentType, contentStart, contentEnd }: FormPart): string | null {
  const content = body.subarray(contentStart, contentEnd);
  if (filename !== null) {
    return content.length === 0
      ? 'the file is empty'
      : fileLie(content.subarray(0, MAGIC_BYTES), filename, contentType);
  }
  if (content.length > MAX_FIELD_BYTES) return `the field is longer than ${MAX_FIELD_BYTES} bytes`;
  return isUtf8(content) ? null : 'the field is not valid UTF-8';
}
