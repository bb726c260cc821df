import { Logger } from '@nestjs/common';
import type { Clock } from '@relay/core';
import type { TraceReader } from '../persistence/trace-reader';
import { databaseTime, MAX_NEW_ROWS, type NewRow, newRowsSince } from './new-rows';

/** How often new rows are looked for; with the 50 ms that rows gather before they are stored, well below a second. */
const POLL_MS = 500;
/** Statements that store rows may end in another order than they began: a row is still found so long after later ones. */
const OVERLAP_US = 5_000_000n;
/** Rows of the overlap that are remembered, so that none comes twice; as many as five full looks find, about 10 MB. */
const MAX_SEEN = 5 * MAX_NEW_ROWS;

/** The one reader of new rows of a process: it looks for them while somebody listens, and only then. */
export class TailReader {
  private readonly logger = new Logger(TailReader.name);
  private readonly seen = new Map<string, bigint>(); // id -> when it was stored, oldest first
  private start = 0n; // 0: not known yet
  private newest = 0n;
  private cancel: () => void = () => undefined;
  private generation = 0; // of listening; what belongs to an earlier one ends
  private isAway = false;

  constructor(
    private readonly reader: TraceReader,
    private readonly clock: Clock,
    private readonly onRows: (rows: readonly NewRow[]) => Promise<void>,
  ) {}

  /** Resolves when it is known since when rows are new: none that is stored from then on is missed. Also when the database does not tell. */
  async listen(): Promise<void> {
    const generation = ++this.generation;
    this.start = 0n;
    this.seen.clear();
    await this.begin().catch(() => undefined); // the first look tries again, and says so
    if (generation === this.generation) void this.poll(generation);
  }

  rest(): void {
    this.generation++;
    this.cancel();
  }

  private async poll(generation: number): Promise<void> {
    try {
      await this.look();
      if (this.isAway) this.logger.log('New traces are found again');
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) this.logger.warn(`New traces cannot be looked for at the moment: ${String(error)}`);
      this.isAway = true;
    }
    if (generation === this.generation) this.cancel = this.clock.after(POLL_MS, () => void this.poll(generation));
  }

  private async begin(): Promise<void> {
    this.start = await databaseTime(this.reader);
    this.newest = this.start;
  }

  private async look(): Promise<void> {
    if (this.start === 0n) await this.begin();
    const rows = await this.unseen();
    for (const { id, storedAt } of rows) this.note(id, BigInt(storedAt));
    this.forget();
    if (rows.length > 0) await this.onRows(rows);
  }

  /** In several looks where the overlap alone has more than one finds, so that none is leapt over. */
  private async unseen(): Promise<readonly NewRow[]> {
    const overlapped = this.newest - OVERLAP_US;
    for (let from = overlapped > this.start ? overlapped : this.start; ;) {
      const found = await newRowsSince(this.reader, from);
      const rows = found.filter(({ id }) => !this.seen.has(id));
      const last = found.at(-1);
      if (rows.length > 0 || last === undefined || found.length < MAX_NEW_ROWS) return rows;
      from = BigInt(last.storedAt) > from ? BigInt(last.storedAt) : from + 1n;
    }
  }

  private note(id: string, storedAt: bigint): void {
    this.seen.set(id, storedAt);
    if (storedAt > this.newest) this.newest = storedAt;
  }

  private forget(): void {
    for (const [id, storedAt] of this.seen) {
      const isOverlapped = storedAt >= this.newest - OVERLAP_US;
      if (isOverlapped && this.seen.size <= MAX_SEEN) break;
      this.seen.delete(id);
      if (isOverlapped && storedAt >= this.start) this.start = storedAt + 1n; // it would come a second time otherwise
    }
  }
}
