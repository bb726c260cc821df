/** A minute in pieces: what was counted leaves with its piece, so that never more than a minute and never less than 55 s count. */
const PIECE_MS = 5_000;
const PIECES = 12;

/**
 * Counts what happened in the last minute. Times are ms of a monotonic clock.
 *
 *     [ 3 | 0 | 7 | … | 2 ]   twelve pieces of 5 s, the place of each is its number modulo twelve
 */
export class MinuteWindow {
  private readonly amounts = new Float64Array(PIECES);
  private readonly numbers = new Float64Array(PIECES).fill(-1); // which piece of time stands in a place

  add(amount: number, nowMs: number): void {
    const piece = Math.floor(nowMs / PIECE_MS);
    const place = piece % PIECES;
    if (this.numbers[place] !== piece) {
      this.numbers[place] = piece;
      this.amounts[place] = 0;
    }
    this.amounts[place] = (this.amounts[place] ?? 0) + amount;
  }

  total(nowMs: number): number {
    const oldest = Math.floor(nowMs / PIECE_MS) - PIECES + 1;
    let sum = 0;
    for (let place = 0; place < PIECES; place++)
      if ((this.numbers[place] ?? -1) >= oldest) sum += this.amounts[place] ?? 0;
    return sum;
  }

  /** Until something leaves, in ms; 0 if nothing is counted. */
  untilRoomMs(nowMs: number): number {
    const oldest = Math.floor(nowMs / PIECE_MS) - PIECES + 1;
    const counted = [...this.numbers].filter((number, place) => number >= oldest && (this.amounts[place] ?? 0) > 0);
    return counted.length === 0 ? 0 : (Math.min(...counted) + PIECES) * PIECE_MS - nowMs;
  }
}
