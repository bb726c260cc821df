import type { Schemas } from '../../../api/client';

type Source = Schemas['WarmCache']['source'];
type Requests = Extract<Source, { requests: unknown }>['requests'];

const MOST_REQUESTS = 1_000;

/** Bodies of chat completions: a JSON array, or one a line. An `Error` says what is wrong, and where. */
export function readRequests(text: string): Requests | Error {
  const trimmed = text.trim();
  if (trimmed === '') return new Error('Nothing is pasted');
  const read = trimmed.startsWith('[') ? readArray(trimmed) : readLines(trimmed);
  if (read instanceof Error) return read;
  const wrong = read.findIndex((one) => typeof one !== 'object' || one === null || Array.isArray(one));
  if (wrong >= 0) return new Error(`Request ${wrong + 1} is no JSON object`);
  if (read.length === 0) return new Error('Nothing is pasted');
  if (read.length > MOST_REQUESTS) return new Error(`${read.length} requests; allowed: ${MOST_REQUESTS}`);
  return read as Requests;
}

function readArray(text: string): readonly unknown[] | Error {
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return new Error('This is no JSON');
  }
}

function readLines(text: string): readonly unknown[] | Error {
  const read: unknown[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      read.push(JSON.parse(line));
    } catch {
      return new Error(`Line ${at + 1} is no JSON`);
    }
  }
  return read;
}
