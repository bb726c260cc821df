import { err, RelayError, type Result, ok } from '@relay/core';

/** No API nests deeper by far; beyond some thousands of levels, whatever walks through a value runs out of stack. */
export const MAX_DEPTH = 200;
/** Of a large body, members and elements together: to parse as many takes a third of a second, in which nobody else is served. */
export const MAX_VALUES = 500_000;
/** Of a large body, lists and objects together. Those that lie in one another need no comma, and take longer than other values. */
export const MAX_LISTS = 250_000;

/** How much a body may hold. `lists` is the smaller of the two: a body of no more bytes than that is not counted. */
export interface JsonBounds {
  /** Members and elements. */
  readonly values: number;
  /** Lists and objects. */
  readonly lists: number;
}
const BOUNDS: JsonBounds = { values: MAX_VALUES, lists: MAX_LISTS };

const [QUOTE, BACKSLASH, COMMA, LIST, OBJECT] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];

/** Counts what a large body holds before anybody parses it: 2 ns a byte, where parsing takes up to 70. Errors: `invalid_request`. */
export function countValues(body: Buffer, bounds = BOUNDS): Result<void, RelayError> {
  if (body.length <= bounds.lists) return ok(undefined);
  let values = 0;
  let lists = 0;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (byte === QUOTE) i = endOfString(body, i + 1);
    else if (byte === COMMA && ++values > bounds.values) {
      return refused(`The body has more than ${bounds.values} members and elements; allowed: at most as many.`);
    } else if ((byte === LIST || byte === OBJECT) && ++lists > bounds.lists) {
      return refused(`The body has more than ${bounds.lists} lists and objects; allowed: at most as many.`);
    }
  }
  return ok(undefined);
}

/** Where the string that began before ends; the end of the body if nowhere. */
function endOfString(body: Buffer, from: number): number {
  for (let end = body.indexOf(QUOTE, from); end !== -1; end = body.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return body.length;
}

/** Whether a value is nested no deeper than anybody can walk through. Errors: `invalid_request`. */
export function boundDepth(value: unknown): Result<void, RelayError> {
  if (!isDeeperThan(MAX_DEPTH, value)) return BOUNDED;
  return refused(`The body is nested deeper than ${MAX_DEPTH} levels; allowed: at most as many.`);
}

const BOUNDED = ok(undefined);

/** Recurses `levels` deep at most. Allocates nothing: 0.2 µs for a request of 1 kB, where lists of members took 1.8 (Node 20.20). */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (isDeeperThan(levels - 1, value[i])) return true;
    return false;
  }
  for (const name in value) if (isDeeperThan(levels - 1, (value as Record<string, unknown>)[name])) return true;
  return false;
}

const refused = (message: string): Result<never, RelayError> => err(new RelayError('invalid_request', message));
