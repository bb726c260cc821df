import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from '@relay/contracts';
import { ok, type RelayError, type Result } from '@relay/core';
import { parsePlanHeaders } from '@relay/policy';

/** Those that say how a request is to be served, also when its client does not wait. Nothing that tells who calls is kept. */
const OF_RESPONSES = [
  HEADERS.priority,
  HEADERS.deadlineMs,
  HEADERS.tags,
  HEADERS.user,
  HEADERS.prefer,
  'cache-control',
];
/** Priority and deadline of its lines are the batch's own. */
const OF_BATCHES = [HEADERS.tags, HEADERS.user, HEADERS.prefer, 'cache-control'];
/** Of one header. */
const MAX_CHARS = 1_024;
/** A line has the tag of its batch as well. */
const LIKE_A_BATCH = 'batch:id';

/** What is kept with a response that is made in the background. */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return pick(headers, OF_RESPONSES);
}

/** What is kept with a batch, for each of its lines. Errors: `invalid_request`, for what would refuse all of them. */
export function batchHeaders(headers: IncomingHttpHeaders): Result<Record<string, string>, RelayError> {
  const kept = pick(headers, OF_BATCHES);
  const tags = kept[HEADERS.tags];
  const ofALine = tags === undefined ? kept : { ...kept, [HEADERS.tags]: `${tags},${LIKE_A_BATCH}` };
  const parsed = parsePlanHeaders(ofALine);
  return parsed.ok ? ok(kept) : parsed;
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== undefined) kept[name] = text.slice(0, MAX_CHARS);
  }
  return kept;
}
