import { crc32 } from 'node:zlib';
import type { Exchange } from '../exchange';

/**
 * Headers that say nothing of what is asked and of how to serve it. Every other one tells requests apart, so that a header which comes to mean
 * something needs no mention here. Who calls is compared apart.
 */
const SAYING_NOTHING: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'authorization', 'x-api-key'],
  ...['user-agent', 'accept', 'accept-encoding', 'accept-language', 'x-request-id', 'traceparent', 'tracestate'],
]);
/** What clients made by Stainless (those of OpenAI and Anthropic) tell of themselves. */
const OF_CLIENTS = 'x-stainless-';

/** A text that is equal for requests of one key with equal headers, as far as they matter, and equal bodies; seldom for other bodies (CRC-32). */
export function requestDigest({ operation, headers, body, principal }: Exchange): string {
  let text = `${crc32(body)} ${operation} ${principal.keyId}`;
  for (const name in headers) {
    if (SAYING_NOTHING.has(name) || name.startsWith(OF_CLIENTS)) continue;
    const value = headers[name];
    text += `\n${name}:${Array.isArray(value) ? JSON.stringify(value) : value}`; // no header holds a line end
  }
  return text;
}
