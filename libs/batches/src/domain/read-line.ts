import { batchLineSchema, type BatchEndpoint } from '@relay/contracts';
import { err, ok, type Result } from '@relay/core';
import { countValues, scanMembers } from '@relay/protocols';

/** What is to be asked. */
export interface LineRequest {
  readonly customId: string;
  readonly model: string | null; // as the body names it
  readonly body: Buffer; // JSON, byte for byte as it stands in the line: no number is rounded
}

/** Why a line is not asked; its `customId`, as far as it could be read. */
export interface LineProblem {
  readonly customId: string | null;
  readonly code: 'invalid_json_line' | 'invalid_line' | 'duplicate_custom_id' | 'line_too_long';
  readonly message: string;
}

type Read = Result<LineRequest, LineProblem>;

const MAX_CUSTOM_ID = 512; // characters
const MAX_MODEL = 256; // characters; who names a longer one asks for none that is there
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** PostgreSQL has no text with these. */
const NOT_TEXT = /[\0\p{Surrogate}]/u;

/** True for a line that says nothing, as the last one of many files. */
export const isBlank = (line: Buffer): boolean => line.toString('latin1').trim() === '';

/** Reads one line of an input file. `number` counts from 1; `seen` holds the ids of the lines before, and gets this one's. */
export function readLine(bytes: Buffer, number: number, endpoint: BatchEndpoint, seen: Set<string>): Read {
  const line = withoutMark(bytes);
  const counted = countValues(line);
  if (!counted.ok) return problem(null, 'invalid_line', `Line ${number}: ${counted.error.message}`);
  const parsed = parseObject(line);
  if (parsed === null) return problem(null, 'invalid_json_line', `Line ${number} is not a JSON object.`);
  const customId = customIdOf(parsed);
  const checked = batchLineSchema.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = issue?.path.join('.') || 'the line';
    return problem(customId, 'invalid_line', `Line ${number}: ${where}: ${issue?.message ?? 'not valid'}.`);
  }
  const { custom_id: id, url, body } = checked.data;
  if (NOT_TEXT.test(id)) {
    const allowed = 'well-formed text without NUL';
    return problem(
      null,
      'invalid_line',
      `Line ${number}: custom_id: found ${JSON.stringify(id)}; allowed: ${allowed}.`,
    );
  }
  if (url !== endpoint) {
    const found = JSON.stringify(url.slice(0, 100));
    return problem(id, 'invalid_line', `Line ${number}: url: found ${found}; allowed: the batch's own, ${endpoint}.`);
  }
  if (body['stream'] === true)
    return problem(id, 'invalid_line', `Line ${number}: body.stream: a batch does not stream; leave it out.`);
  if (endpoint === '/v1/responses' && body['background'] === true)
    return problem(id, 'invalid_line', `Line ${number}: body.background: nobody waits for a batch; leave it out.`);
  if (seen.has(id)) return problem(id, 'duplicate_custom_id', `Line ${number}: custom_id stands in a line before.`);
  seen.add(id);
  return ok({ customId: id, model: modelOf(body['model']), body: bodyIn(line) });
}

/** Where a name stands twice, the last one counts, as for JSON.parse. */
function bodyIn(line: Buffer): Buffer {
  const member = scanMembers(line)?.findLast(({ key }) => key === 'body');
  return line.subarray(member?.valueStart, member?.valueEnd);
}

function withoutMark(line: Buffer): Buffer {
  const { length } = BYTE_ORDER_MARK;
  return line.subarray(0, length).equals(BYTE_ORDER_MARK) ? line.subarray(length) : line;
}

function parseObject(line: Buffer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8'));
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function customIdOf(parsed: Record<string, unknown>): string | null {
  const id = parsed['custom_id'];
  return typeof id === 'string' && !NOT_TEXT.test(id) ? id.slice(0, MAX_CUSTOM_ID).replace(NOT_TEXT, '') : null;
}

const modelOf = (model: unknown): string | null =>
  typeof model === 'string' && model.length <= MAX_MODEL && !NOT_TEXT.test(model) ? model : null;

const problem = (customId: string | null, code: LineProblem['code'], message: string): Read =>
  err({ customId, code, message });
