import { z } from 'zod';

const EXAMPLE = '2026-11-01T00:00:00Z';
/** PostgreSQL knows no year 0, and nothing that the relay has kept is older than this or comes later. */
const FIRST = Date.UTC(1970, 0, 1);
const END = Date.UTC(10_000, 0, 1);

/** A moment in ISO 8601, with its offset. */
export const timeSchema = z.iso
  .datetime({ offset: true, error: `expected a time in ISO 8601 with its offset, such as ${EXAMPLE}` })
  .refine(isInRange, `expected a time from 1970 to 9999, such as ${EXAMPLE}`);

/** `from` and `to` of a question. */
export const timeRangeShape = { from: timeSchema.optional(), to: timeSchema.optional() } as const;

function isInRange(text: string): boolean {
  const ms = Date.parse(text);
  return ms >= FIRST && ms < END;
}
