import { OPERATION_SHAPES } from '@relay/contracts';
import type { UpstreamRequest } from '../../ports/upstream-client.port';

/** What the body is, and what may come for it, where that is not JSON. `headers`: a flat list, names in lower case; changed in place. */
export function headersFor(
  { operation, contentType, headers: asked = {} }: UpstreamRequest,
  headers: string[],
): string[] {
  const { body, answer } = OPERATION_SHAPES[operation];
  if (body === 'form') replace(headers, 'content-type', contentType);
  if (answer !== 'json') replace(headers, 'accept', '*/*');
  for (const name of Object.keys(asked)) set(headers, name, asked[name] ?? '');
  return headers;
}

function set(headers: string[], name: string, value: string): void {
  if (headers.some((each, at) => at % 2 === 0 && each === name)) replace(headers, name, value);
  else headers.push(name, value);
}

function replace(headers: string[], name: string, value: string): void {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) headers[at + 1] = value;
}
