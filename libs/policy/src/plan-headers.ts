import { HEADERS, MAX_TAG_LENGTH, MAX_TAGS, preferenceSchema, serviceLevelSchema } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import type { PlanHeaders } from './domain/read-facts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;
type Parsed<T> = Result<T, RelayError>;

const MAX_DEADLINE_MS = 3_600_000; // as in policy documents
const MAX_USER_LENGTH = 256; // characters
const WHOLE_NUMBER = /^[0-9]{1,7}$/;

/** Reads the headers that shape a plan. Names are in lower case, as Node has them; a header sent twice counts as a list. */
export function parsePlanHeaders(headers: Headers): Parsed<PlanHeaders> {
  const priority = parseWord(HEADERS.priority, serviceLevelSchema, headers);
  if (!priority.ok) return priority;
  const prefer = parseWord(HEADERS.prefer, preferenceSchema, headers);
  if (!prefer.ok) return prefer;
  const deadlineMs = parseDeadline(read(headers, HEADERS.deadlineMs));
  if (!deadlineMs.ok) return deadlineMs;
  const tags = parseTags(read(headers, HEADERS.tags));
  if (!tags.ok) return tags;
  const user = read(headers, HEADERS.user);
  if (user && user.length > MAX_USER_LENGTH) return invalid(HEADERS.user, `at most ${MAX_USER_LENGTH} characters`);
  return ok({ priority: priority.value, prefer: prefer.value, deadlineMs: deadlineMs.value, tags: tags.value, user });
}

/** Absent and empty are alike. */
function read(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  const text = (Array.isArray(value) ? value.join(',') : value)?.trim();
  return text ? text : undefined;
}

/** One of a few words, in any case. */
function parseWord<T extends string>(
  name: string,
  schema: { options: readonly T[] },
  headers: Headers,
): Parsed<T | undefined> {
  const text = read(headers, name)?.toLowerCase();
  if (text === undefined) return ok(undefined);
  const word = schema.options.find((option) => option === text);
  return word === undefined ? invalid(name, `one of ${schema.options.join(', ')}`) : ok(word);
}

function parseDeadline(text: string | undefined): Parsed<number | undefined> {
  if (text === undefined) return ok(undefined);
  const ms = WHOLE_NUMBER.test(text) ? Number(text) : 0;
  if (ms >= 1 && ms <= MAX_DEADLINE_MS) return ok(ms);
  return invalid(HEADERS.deadlineMs, `a whole number of milliseconds from 1 to ${MAX_DEADLINE_MS}`);
}

const NO_TAGS: readonly string[] = [];

/** Tags without order or repeats. */
function parseTags(text: string | undefined): Parsed<readonly string[]> {
  if (text === undefined) return ok(NO_TAGS);
  const tags = new Set(text.split(',').map((tag) => tag.trim()));
  tags.delete('');
  const tooLong = [...tags].some((tag) => tag.length > MAX_TAG_LENGTH);
  if (tags.size <= MAX_TAGS && !tooLong) return ok([...tags].sort());
  return invalid(HEADERS.tags, `at most ${MAX_TAGS} tags of at most ${MAX_TAG_LENGTH} characters, separated by commas`);
}

function invalid(param: string, allowed: string): Parsed<never> {
  return err(new RelayError('invalid_request', `The header ${param} is not valid; allowed: ${allowed}.`, { param }));
}
