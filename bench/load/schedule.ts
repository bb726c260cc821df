/** A small seeded generator of uniform numbers in [0, 1) (mulberry32), so that a schedule can be run again. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Requests of one measurement; 80 MB of start times. */
const MAX_REQUESTS = 10_000_000;

/** Start times in ms since the beginning, for as long as they fall before `endMs`. Poisson: gaps are exponential. */
export function startTimes(
  ratePerSecond: number,
  spacing: 'poisson' | 'constant',
  endMs: number,
  seed: number,
): Float64Array {
  if ((ratePerSecond * endMs) / 1_000 > MAX_REQUESTS)
    throw new Error(`more than ${MAX_REQUESTS} requests in one measurement`);
  const random = seededRandom(seed);
  const meanGapMs = 1_000 / ratePerSecond;
  const times: number[] = [];
  const gap = (): number => (spacing === 'constant' ? meanGapMs : -Math.log(1 - random()) * meanGapMs);
  for (let at = gap(); at < endMs; at += gap()) times.push(at);
  return Float64Array.from(times);
}
