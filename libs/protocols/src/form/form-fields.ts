import type { FormFile } from '@relay/contracts';
import type { JsonObject } from '../json/json-object';
import type { FormPart } from './form-scanner';

/**
 * What a form holds, as an object: texts, and of files what is known of them, never their bytes. A name that stands several times is a
 * list.
 */
export function formFields(body: Buffer, parts: readonly FormPart[]): JsonObject {
  const fields = new Map<string, unknown[]>();
  for (const part of parts) {
    const values = fields.get(part.name) ?? [];
    fields.set(part.name, values);
    values.push(valueOf(body, part));
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

function valueOf(body: Buffer, { filename, contentType, contentStart, contentEnd }: FormPart): string | FormFile {
  if (filename === null) return body.toString('utf8', contentStart, contentEnd);
  return { filename, contentType, bytes: contentEnd - contentStart };
}
