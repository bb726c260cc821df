import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { FakeClock } from '@relay/testing';
import type { LineBatch } from './domain/line-batch';
import type { TraceInserter } from './persistence/trace-inserter';
import { RejectedRows } from './spool/rejected-rows';
import { TraceSpool } from './spool/trace-spool';
import { TraceShipper } from './trace-shipper';

/** A database that can be taken away; it keeps the `n` of each line. */
class Database implements Pick<TraceInserter, 'insert'> {
  readonly rows: number[] = [];
  statements = 0;
  failure: Error | null = null;

  insert(lines: LineBatch, from: number, to: number): Promise<void> {
    this.statements++;
    if (this.failure) return Promise.reject(this.failure);
    const rows = JSON.parse(lines.jsonArray(from, to).toString()) as { n: number }[];
    if (rows.some((row) => row.n < 0)) return Promise.reject(Object.assign(new Error('bad row'), { code: '22003' }));
    this.rows.push(...rows.map((row) => row.n));
    return Promise.resolve();
  }
}

describe('shipping', () => {
  let directory: string;
  let clock: FakeClock;
  let database: Database;
  let spool: TraceSpool;
  let rejected: RejectedRows;
  let shipper: TraceShipper;
  let warnings: jest.SpyInstance;

  beforeEach(() => {
    warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    jest.spyOn(Logger.prototype, 'error').mockImplementation();
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    clock = new FakeClock();
    database = new Database();
    spool = new TraceSpool(directory, clock);
    rejected = new RejectedRows(directory);
    shipper = new TraceShipper(spool, database, rejected, clock);
  });
  afterEach(async () => {
    await shipper.stop();
    spool.close();
    rmSync(directory, { recursive: true, force: true });
    jest.restoreAllMocks();
  });

  const record = (n: number) => {
    spool.append(`{"n":${n}}\n`);
    shipper.wake();
  };
  /** Lets time pass and the reads and inserts that it sets off end. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await shipper.idle();
  };

  it('gathers lines for a moment and sends them in one statement', async () => {
    for (const n of [1, 2, 3]) record(n);
    await pass(49);
    expect(database.rows).toEqual([]);
    await pass(1);
    expect([database.rows, database.statements]).toEqual([[1, 2, 3], 1]);
  });

  it('sends what came while a batch was under way', async () => {
    record(1);
    clock.advance(50);
    record(2);
    await shipper.idle();
    await pass(50);
    expect(database.rows).toEqual([1, 2]);
  });

  it('waits longer and longer while the database is away, says so once, and loses nothing', async () => {
    database.failure = new Error('connection refused');
    record(1);
    await pass(50);
    record(2);
    for (const wait of [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      const before = database.statements;
      await pass(wait - 1);
      expect(database.statements).toBe(before);
      await pass(1);
      expect(database.statements).toBe(before + 1);
    }
    expect(warnings).toHaveBeenCalledTimes(1);
    expect(shipper.lastError).toBe('connection refused');

    database.failure = null;
    await pass(15_000);
    expect(database.rows).toEqual([1, 2]);
    expect([shipper.lastError, spool.pendingBytes]).toEqual([null, 0]);
  });

  it('sets aside every bad row of a batch and stores all others', async () => {
    for (const n of [1, -2, 3, 4, -5, 6, 7]) record(n);
    await shipper.flush();
    expect(database.rows).toEqual([1, 3, 4, 6, 7]);
    expect([rejected.count, spool.pendingBytes]).toEqual([2, 0]);
  });

  it('flush sends at once, in statements of at most 500 rows', async () => {
    for (let n = 0; n < 1_100; n++) record(n);
    await shipper.flush();
    expect(database.rows).toHaveLength(1_100);
    expect(database.statements).toBe(3);
  });

  it('flush gives up when the database is away, and the rows stay', async () => {
    database.failure = new Error('away');
    record(1);
    await shipper.flush();
    expect(spool.pendingBytes).toBeGreaterThan(0);
  });

  it('sends nothing more once it is stopped', async () => {
    record(1);
    await shipper.stop();
    await pass(60_000);
    expect(database.statements).toBe(0);
  });
});
