import type { FormFile } from '@relay/contracts';
import type { BodyPatch } from '../json/json-patch';
import type { FormPart } from './form-scanner';

const DOUBLE_DASH = '--';

/**
 * The form with some text fields replaced, added or removed (`undefined`); every other byte stays as the client wrote it. A field that
 * stands twice is changed in both places. Gives the same buffer back if there is nothing to change.
 */
export function patchForm(body: Buffer, boundary: string, parts: readonly FormPart[], patch: BodyPatch): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  for (const part of parts) {
    if (!Object.hasOwn(patch, part.name) || part.filename !== null) continue;
    const value = patch[part.name];
    if (value === undefined) {
      pieces.push(body.subarray(copied, part.start));
      copied = part.contentEnd;
      continue;
    }
    const written = Buffer.from(textOf(value));
    if (body.subarray(part.contentStart, part.contentEnd).equals(written)) continue;
    pieces.push(body.subarray(copied, part.contentStart), written);
    copied = part.contentEnd;
  }
  const added = Object.keys(patch).filter(
    (name) => patch[name] !== undefined && !parts.some((part) => part.name === name),
  );
  if (pieces.length === 0 && added.length === 0) return body;
  const end = Math.max(copied, parts.at(-1)?.contentEnd ?? 0);
  const fields = added.map((name) => fieldPart(boundary, name, textOf(patch[name]))).join('');
  pieces.push(body.subarray(copied, end), Buffer.from(fields), body.subarray(end));
  return Buffer.concat(pieces);
}

/** The form written anew from its fields, as guards left them; the bytes of its files as they came. */
export function writeForm(body: Buffer, boundary: string, parts: readonly FormPart[], fields: object): Buffer {
  const seen = new Map<string, number>();
  const pieces = parts.flatMap((part) => {
    const at = seen.get(part.name) ?? 0;
    seen.set(part.name, at + 1);
    const told = (fields as Record<string, unknown>)[part.name];
    const value: unknown = Array.isArray(told) ? told[at] : told;
    const content = body.subarray(part.contentStart, part.contentEnd);
    if (part.filename === null) return [Buffer.from(fieldPart(boundary, part.name, textOf(value)))];
    return [Buffer.from(fileHead(boundary, part.name, value as FormFile)), content];
  });
  return Buffer.concat([...pieces, Buffer.from(`\r\n${DOUBLE_DASH}${boundary}${DOUBLE_DASH}\r\n`)]).subarray(2);
}

function fieldPart(boundary: string, name: string, text: string): string {
  return `\r\n${DOUBLE_DASH}${boundary}\r\ncontent-disposition: form-data; name="${escaped(name)}"\r\n\r\n${text}`;
}

function fileHead(boundary: string, name: string, { filename, contentType }: FormFile): string {
  const type = contentType === '' ? '' : `content-type: ${contentType}\r\n`;
  const disposition = `content-disposition: form-data; name="${escaped(name)}"; filename="${escaped(filename)}"`;
  return `\r\n${DOUBLE_DASH}${boundary}\r\n${disposition}\r\n${type}\r\n`;
}

/** As browsers do (WHATWG HTML, 4.10.21.8). */
const escaped = (text: string): string => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
