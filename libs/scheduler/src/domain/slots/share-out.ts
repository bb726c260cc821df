/** What one process has use for, in slots: now, and within the next seconds. */
export interface SlotDemand {
  readonly needed: number;
  readonly wanted: number; // at least `needed`
}

/** How long one process is preferred where there are fewer slots than processes in need of one, ms: longer than a heartbeat. */
const TURN_MS = 2_000;

/**
 * Slots due to each process. First what is needed now, then what is wanted, both max-min fair (water-filling: nobody gets more while
 * another in want has less); what is left over is divided equally, so that an idle process has some for the moment a request comes.
 * `now` (ms) turns the order where the slots do not go round. The sum is `limit`, unless there is nobody.
 */
export function shareOut(demands: readonly SlotDemand[], limit: number, now: number): number[] {
  const shares = demands.map(() => 0);
  const needy = demands.filter(({ needed }) => needed > 0).length;
  const turn = needy > limit ? Math.floor(now / TURN_MS) : 0;
  const needed = demands.map((demand) => demand.needed);
  const beyond = demands.map((demand) => demand.wanted - demand.needed);
  const left = fill(shares, beyond, fill(shares, needed, limit, turn), 0);
  const each = Math.floor(left / demands.length);
  const first = left % demands.length; // the first ones get the remainder
  return shares.map((share, i) => share + each + (i < first ? 1 : 0));
}

/** Adds to `shares` a max-min fair part of `left` for each of `asks`; returns what is left then. */
function fill(shares: number[], asks: readonly number[], left: number, turn: number): number {
  const count = asks.length;
  const order = asks
    .map((ask, i) => ({ ask, i, place: (i + turn) % count }))
    .sort((a, b) => a.ask - b.ask || a.place - b.place);
  let toServe = count;
  for (const { ask, i } of order) {
    const part = Math.min(ask, Math.floor(left / toServe--));
    shares[i] = (shares[i] ?? 0) + part;
    left -= part;
  }
  return left;
}
