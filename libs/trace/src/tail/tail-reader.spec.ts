import { FakeClock } from '@relay/testing';
import type { SqlQuery } from '../persistence/sql-query';
import type { TraceReader } from '../persistence/trace-reader';
import { MAX_NEW_ROWS, type NewRow } from './new-rows';
import { TailReader } from './tail-reader';

const POLL_MS = 500;
const START = 1_700_000_000_000_000;

/** A table of rows in the order in which they were stored, asked as the statement asks. */
class Table {
  private readonly rows: (readonly [number, NewRow])[] = [];

  get size(): number {
    return this.rows.length;
  }

  add(count: number, afterUs: (n: number) => number): void {
    for (let n = 0; n < count; n++) {
      const storedAt = START + afterUs(n);
      this.rows.push([storedAt, { id: String(this.size), storedAt: String(storedAt), at: new Date(0), tenant: null }]);
    }
    this.rows.sort(([a], [b]) => a - b);
  }

  readonly reader = {
    read: ({ values: [from] }: SqlQuery): Promise<unknown[]> => {
      if (from === undefined) return Promise.resolve([{ now: String(START) }]);
      const since = Number(from);
      const first = this.rows.findIndex(([storedAt]) => storedAt >= since);
      const found = first < 0 ? [] : this.rows.slice(first, first + MAX_NEW_ROWS);
      return Promise.resolve(found.map(([, row]) => row));
    },
  } as unknown as TraceReader;
}

describe('the reader of new rows', () => {
  it('has begun when the database has told the time, or when it cannot', async () => {
    let tell: (time: Error | string) => void = () => undefined;
    const asked = (): Promise<unknown[]> =>
      new Promise((resolve, reject) => {
        tell = (time) => (time instanceof Error ? reject(time) : resolve([{ now: time }]));
      });
    const reader = new TailReader({ read: asked } as unknown as TraceReader, new FakeClock(), async () => undefined);
    let hasBegun = false;
    const began = reader.listen().then(() => (hasBegun = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasBegun).toBe(false);
    tell(new Error('away'));
    await began;
    reader.rest();
  });

  it('leaps over none and tells none twice, however many lie in its overlap', async () => {
    const clock = new FakeClock();
    const table = new Table();
    const told: string[] = [];
    const reader = new TailReader(table.reader, clock, (rows) => {
      for (const { id } of rows) told.push(id);
      return Promise.resolve();
    });
    void reader.listen();
    await clock.advanceAsync(0);
    table.add(3 * MAX_NEW_ROWS, (n) => n * 50); // three seconds of them
    await clock.advanceAsync(4 * POLL_MS);
    expect(told).toHaveLength(3 * MAX_NEW_ROWS);
    table.add(1, () => 2_900_001); // a statement that ended late
    table.add(1, () => 3_100_000);
    await clock.advanceAsync(3 * POLL_MS);
    expect(told).toHaveLength(3 * MAX_NEW_ROWS + 2);
    table.add(4 * MAX_NEW_ROWS, (n) => 3_200_000 + n); // more than it remembers
    await clock.advanceAsync(8 * POLL_MS);
    reader.rest();
    expect(told.length).toBe(table.size);
    expect(new Set(told).size).toBe(told.length);
  });
});
