import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { z } from 'zod';

/** More than this in one file is refused: rows are kept in memory. */
const MAX_ROWS = 1_000_000;

/** Rows of a file of JSON lines, `.gz` or not; empty lines are skipped. Throws on the first bad row, naming file and line. */
export async function readRows<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const rows: T[] = [];
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    if (line.trim() === '') continue;
    if (rows.length === MAX_ROWS) throw new Error(`${file}: more than ${MAX_ROWS} rows`);
    rows.push(parseRow(line, schema, `${file}:${number}`));
  }
  if (rows.length === 0) throw new Error(`${file}: no rows`);
  return rows;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const raw = createReadStream(file);
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error) => input.destroy(error)); // pipe() hands on data, not errors
  yield* createInterface({ input, crlfDelay: Infinity });
}

function parseRow<T>(line: string, schema: z.ZodType<T>, place: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Error(`${place}: no JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${place}: ${issue?.path.join('.') || 'row'}: ${issue?.message ?? 'not as expected'}`);
}
