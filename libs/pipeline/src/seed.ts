const SEEDS = 2 ** 32;

/** A uint32 from the random part of a trace id: what weighted choices are drawn from, so that a replay draws the same. */
export function seedOf(traceId: string): number {
  return Number.parseInt(traceId.slice(-8), 16) >>> 0;
}

/** The same in [0, 1). */
export const drawOf = (traceId: string): number => seedOf(traceId) / SEEDS;
