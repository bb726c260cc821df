import { scanMembers } from '@relay/protocols';
import { BatchApiRefusal } from './batch-api.port';

const CR = 0x0d;
const LF = 0x0a;
const CONFLICT = 409;

/** The same JSON without line ends, which stand between its values and never in them. */
export function oneLine(json: Buffer): Buffer {
  if (!json.includes(LF) && !json.includes(CR)) return json;
  return Buffer.from(json.filter((byte) => byte !== LF && byte !== CR));
}

/** The bytes of a value in a JSON object, as they stand there: no number is rounded. Null: there is none, or null itself. */
export function valueAt(json: Buffer | null, ...path: readonly string[]): Buffer | null {
  let value = json;
  for (const name of path) {
    if (value === null) return null;
    const member = scanMembers(value)?.findLast(({ key }) => key === name);
    value = member ? value.subarray(member.valueStart, member.valueEnd) : null;
  }
  return value === null || value.toString('latin1') === 'null' ? null : value;
}

export function textOf(value: Buffer | null): string | null {
  const read = parsed(value);
  return typeof read === 'string' ? read : null;
}

export function numberOf(value: Buffer | null): number | null {
  const read = parsed(value);
  return typeof read === 'number' ? read : null;
}

/** For a cancellation: what is over need not be cancelled. */
export function overOrThrow(error: unknown): void {
  if (!(error instanceof BatchApiRefusal) || (!error.isFinal && error.status !== CONFLICT)) throw error;
}

function parsed(value: Buffer | null): unknown {
  try {
    return value === null ? null : (JSON.parse(value.toString('utf8')) as unknown);
  } catch {
    return null;
  }
}
