import { isUtf8 } from 'node:buffer';
import { err, ok, RelayError, type Result } from '@relay/core';
import { boundDepth, countValues } from '@relay/protocols';
import { expectationOf, type Issue } from './expectation';

/**
 * A body as JSON. `expected` says what it should hold, for one that is empty. Errors: `invalid_request`, which never repeats what the
 * body holds, since errors are kept in traces.
 */
export function parseJsonBody(body: Buffer, expected: string): Result<unknown, RelayError> {
  if (body.length === 0) return invalid(`The body is empty; expected ${expected}.`);
  if (!isUtf8(body)) return invalid('The body is not valid UTF-8; expected JSON in UTF-8.');
  const counted = countValues(body);
  if (!counted.ok) return counted;
  const text = body.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    const bounded = boundDepth(value);
    return bounded.ok ? ok(value) : bounded;
  } catch (error) {
    return invalid(`The body is not valid JSON${whereItFails(error as Error, text.length)}.`);
  }
}

const UNEXPECTED_END = 'Unexpected end of JSON input';
/** At the end of V8's message, so that no text it quotes is taken for it. In UTF-16 units. */
const POSITION = /^(?!Unexpected token).* at position (\d+)(?: \(line \d+ column \d+\))?$/;

/** V8 tells the position of most errors; where it does not, it quotes the text, and that is left out. */
function whereItFails({ message }: Error, length: number): string {
  if (message === UNEXPECTED_END) return `: it ends too early, at position ${length}`;
  const position = POSITION.exec(message)?.[1];
  return position === undefined ? '' : `, from position ${position} on`;
}

/** The first problem, at its deepest: a union that failed inside one of its branches says what failed there. */
export function describeIssue(issue: Issue | undefined, base: readonly PropertyKey[] = []): Result<never, RelayError> {
  if (!issue) return invalid('The body is not what this route takes.');
  const path = [...base, ...issue.path];
  const inner = issue.errors?.flat().find((candidate) => candidate.path.length > 0);
  if (inner) return describeIssue(inner, path);
  const param = path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
  return invalid(`${param || 'The body'}: ${expectationOf(issue)}`, param);
}

export function invalid(message: string, param?: string): Result<never, RelayError> {
  return err(new RelayError('invalid_request', message, param ? { param } : {}));
}
