/** What one process has use for, in slots: now, and within the next seconds. */
export interface SlotDemand {
  readonly needed: number;
  readonly wanted: number; // at least `needed`
}

/** How long one process is preferred where there are fewer slots than processes in need of one, ms: longer than a heartbeat. */
const TURN_MS = 2_000;

/**
 * Slots due to each process. First what is needed now, then what is wanted, each max-min fair (nobody gets more while another in want has
 * less), so that what is not needed goes first to those without a slot; the rest evens out, so that an idle process has some for the moment
 * requests come, and what comes and goes below its even part moves nothing. `now` (ms) turns the order where the slots do not go round.
 * The sum is `limit`, unless there is nobody.
 */
export function shareOut(demands: readonly SlotDemand[], limit: number, now: number): number[] {
  const shares = demands.map(() => 0);
  const needed = demands.map((demand) => demand.needed);
  const wanted = demands.map((demand) => demand.wanted);
  const needy = needed.filter((slots) => slots > 0).length;
  const turn = needy > limit ? Math.floor(now / TURN_MS) % demands.length : null;
  const spare = raise(shares, needed, limit, turn);
  const left = raise(shares, wanted, spare, null);
  raise(shares, Array<number>(demands.length).fill(Infinity), left, null);
  return shares;
}

/**
 * Raises the lowest of `shares` first, all to the same level, none above what it asks for; returns what is left then. Slots that do not go
 * round go to those who ask for most, or by turns.
 */
function raise(shares: number[], asks: readonly number[], left: number, turn: number | null): number {
  const level = highestLevel(shares, asks, left);
  for (const [i, share] of shares.entries()) {
    const raised = Math.max(share, Math.min(asks[i] ?? 0, level));
    left -= raised - share;
    shares[i] = raised;
  }
  const place = (i: number): number => (turn === null ? -(asks[i] ?? 0) : (i + shares.length - turn) % shares.length);
  const next = [...shares.keys()].filter((i) => shares[i] === level && (asks[i] ?? 0) > level);
  next.sort((a, b) => compare(place(a), place(b)) || a - b);
  for (const i of next.slice(0, left)) shares[i] = level + 1;
  return left - Math.min(left, next.length);
}

/** The highest level to which `left` slots raise all shares below it. */
function highestLevel(shares: readonly number[], asks: readonly number[], left: number): number {
  const cost = (level: number): number =>
    shares.reduce((sum, share, i) => sum + Math.max(0, Math.min(asks[i] ?? 0, level) - share), 0);
  let low = 0;
  let high = Math.max(0, ...shares) + left;
  while (low < high) {
    const level = Math.ceil((low + high) / 2);
    if (cost(level) <= left) low = level;
    else high = level - 1;
  }
  return low;
}

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
