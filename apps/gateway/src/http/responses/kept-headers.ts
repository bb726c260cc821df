import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from '@relay/contracts';

/** Those that say how a request is to be served, also when its client does not wait. Nothing that tells who calls is kept. */
const KEPT = [HEADERS.priority, HEADERS.deadlineMs, HEADERS.tags, HEADERS.user, HEADERS.prefer, 'cache-control'];
/** Of one header. */
const MAX_CHARS = 1_024;

export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = headers[name];
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== undefined) kept[name] = text.slice(0, MAX_CHARS);
  }
  return kept;
}
