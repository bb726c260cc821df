import { OPERATION_SHAPES } from '@relay/contracts';
import type { UpstreamRequest } from '../../ports/upstream-client.port';
import { isHeaderList, joinedList } from '../header-lists';

/**
 * What the body is, and what may come for it, where that is not JSON; and what the client said that changes what is asked: added to a list, in
 * place of what the relay says by default, but not of what is `configured`. `headers`: a flat list, names in lower case; changed in place.
 */
export function headersFor(
  { operation, contentType, headers: asked = {} }: UpstreamRequest,
  headers: string[],
  configured: ReadonlySet<string>,
): string[] {
  const { body, answer } = OPERATION_SHAPES[operation];
  if (body === 'form') replace(headers, 'content-type', contentType);
  if (answer !== 'json') replace(headers, 'accept', '*/*');
  for (const name of Object.keys(asked)) {
    if (isHeaderList(name) || !configured.has(name)) set(headers, name, asked[name] ?? '');
  }
  return headers;
}

function set(headers: string[], name: string, value: string): void {
  const at = headers.findIndex((each, index) => index % 2 === 0 && each === name);
  if (at === -1) headers.push(name, value);
  else headers[at + 1] = isHeaderList(name) ? joinedList(headers[at + 1] ?? '', value) : value;
}

function replace(headers: string[], name: string, value: string): void {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) headers[at + 1] = value;
}
