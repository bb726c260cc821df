import { batchLineSchema, type BatchEndpoint } from '@relay/contracts';
import { err, ok, type Result } from '@relay/core';

/** What is to be asked. */
export interface LineRequest {
  readonly customId: string;
  readonly body: Buffer; // JSON
}

/** Why a line is not asked; its `customId`, as far as it could be read. */
export interface LineProblem {
  readonly customId: string | null;
  readonly code: 'invalid_json_line' | 'invalid_line' | 'duplicate_custom_id' | 'line_too_long';
  readonly message: string;
}

type Read = Result<LineRequest, LineProblem>;

const MAX_CUSTOM_ID = 512; // characters
const BYTE_ORDER_MARK = /^\uFEFF/;

/** True for a line that says nothing, as the last one of many files. */
export const isBlank = (line: Buffer): boolean => line.toString('latin1').trim() === '';

/** Reads one line of an input file. `number` counts from 1; `seen` holds the ids of the lines before, and gets this one's. */
export function readLine(line: Buffer, number: number, endpoint: BatchEndpoint, seen: Set<string>): Read {
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
  if (url !== endpoint) {
    const found = JSON.stringify(url.slice(0, 100));
    return problem(id, 'invalid_line', `Line ${number}: url: found ${found}; allowed: the batch's own, ${endpoint}.`);
  }
  if (body['stream'] === true)
    return problem(id, 'invalid_line', `Line ${number}: body.stream: a batch does not stream; leave it out.`);
  if (seen.has(id)) return problem(id, 'duplicate_custom_id', `Line ${number}: custom_id stands in a line before.`);
  seen.add(id);
  return ok({ customId: id, body: Buffer.from(JSON.stringify(body)) });
}

function parseObject(line: Buffer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8').replace(BYTE_ORDER_MARK, ''));
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function customIdOf(parsed: Record<string, unknown>): string | null {
  const id = parsed['custom_id'];
  return typeof id === 'string' ? id.slice(0, MAX_CUSTOM_ID) : null;
}

const problem = (customId: string | null, code: LineProblem['code'], message: string): Read =>
  err({ customId, code, message });
