import { parse } from 'csv-parse/sync';
import { traceExportQuerySchema } from '@relay/contracts';
import { newTraceId, RelayError, systemClock } from '@relay/core';
import { ensureDailyPartitions } from '@relay/database';
import type { TestDatabase } from '@relay/testing';
import { traceDatabases } from '../../test/trace-databases';
import { EXPORT_COLUMNS } from './export-columns';
import { TraceExport } from './trace-export.service';

const START = Date.UTC(2026, 2, 3, 12);
const ROWS = 5_003; // more than two reads
const anybody = (): Promise<void> => Promise.resolve();

describe.each(traceDatabases('the export of traces', 'relay_trace_export'))('the export of traces on %s', (_, open) => {
  let database: TestDatabase;
  let exports: TraceExport;

  beforeAll(async () => {
    database = await open();
    await ensureDailyPartitions(database.dataSource, START, 1);
    exports = new TraceExport(database.dataSource, systemClock);
    const ids = Array.from({ length: ROWS }, (_, n) => newTraceId(START + Math.floor(n / 7)));
    await database.dataSource.query(
      `INSERT INTO request_traces (id, at, request_id, tenant, user_name, status, http_status, stream, cache, queue, queue_ms, total_ms, cost_usd, tags)
       SELECT id, to_timestamp(at / 1000.0), 'r' || n, CASE n % 2 WHEN 0 THEN 'acme' ELSE 'globex' END, '=1+1, "x"' || chr(10),
         'ok', 200, true, 'miss', 'none', 0, n, 0.000001, ARRAY['a', 'b']
       FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS t(id, at, n)`,
      [ids, ids.map((_, n) => START + Math.floor(n / 7))],
    );
  }, 60_000);
  afterAll(() => database.close());

  const read = async (query: object, scope: string | null = null) => {
    const progress = { rows: 0, isBroken: false };
    const texts: string[] = [];
    for await (const text of exports.texts(traceExportQuerySchema.parse(query), scope, progress, anybody))
      texts.push(text);
    return { progress, text: texts.join(''), texts };
  };

  it('has each row once, as lines of JSON with the same fields', async () => {
    const { text, progress, texts } = await read({ format: 'jsonl' });
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([rows.length, progress.rows]).toEqual([ROWS, ROWS]);
    expect(new Set(rows.map((row) => row.id)).size).toBe(ROWS);
    expect(rows.every((row) => Object.keys(row).join() === EXPORT_COLUMNS.join())).toBe(true);
    expect(texts.length).toBe(3);
    expect(rows.map((row) => row.at)).toEqual(
      rows
        .map((row) => row.at)
        .sort()
        .reverse(),
    );
  });

  it('is CSV that others read back, without formulas', async () => {
    const { text } = await read({ format: 'csv', sort: 'oldest', rows: 3 });
    const [head, ...rows] = parse(text);
    expect(head).toEqual([...EXPORT_COLUMNS]);
    expect(rows).toHaveLength(3);
    const cell = (name: (typeof EXPORT_COLUMNS)[number]) => rows[0]?.[EXPORT_COLUMNS.indexOf(name)];
    expect(cell('user')).toBe(`'=1+1, "x"\n`);
    expect([cell('tags'), cell('stream'), cell('costUsd'), cell('provider')]).toEqual(['a b', 'true', '0.000001', '']);
    expect(text.split('\r\n')[0]).toBe(EXPORT_COLUMNS.join(','));
  });

  it('has only what its reader may see, and the head alone where that is nothing', async () => {
    expect((await read({ format: 'jsonl' }, 'acme')).progress.rows).toBe(Math.floor(ROWS / 2));
    expect((await read({ format: 'csv', tenant: 'acme' }, 'other')).text).toBe(`${EXPORT_COLUMNS.join(',')}\r\n`);
  });

  it.each(['csv', 'jsonl'])('that breaks off says so in its last line: %s', async (format) => {
    const progress = { rows: 0, isBroken: false };
    const texts = exports.texts(traceExportQuerySchema.parse({ format }), null, progress, anybody);
    await texts.next();
    await database.dataSource.query('ALTER TABLE request_traces RENAME TO hidden');
    const last = await texts.next();
    await database.dataSource.query('ALTER TABLE hidden RENAME TO request_traces');
    expect(last.value).toMatch(format === 'csv' ? /^error: this export is incomplete/ : /^\{"error":\{/);
    expect((await texts.next()).done).toBe(true);
    expect(progress).toEqual({ rows: 2_000, isBroken: true });
  });

  it('ends with the reason when its reader may have no more', async () => {
    const progress = { rows: 0, isBroken: false };
    let isDisabled = false;
    const check = (): Promise<void> =>
      isDisabled ? Promise.reject(new RelayError('forbidden', 'The user was disabled.')) : Promise.resolve();
    const texts = exports.texts(traceExportQuerySchema.parse({ format: 'csv' }), null, progress, check);
    await texts.next();
    isDisabled = true;
    expect((await texts.next()).value).toContain('error: this export is incomplete: The user was disabled.');
    expect((await texts.next()).done).toBe(true);
    expect(progress).toEqual({ rows: 2_000, isBroken: true });
  });

  it('is refused as a whole where it cannot begin', async () => {
    await database.dataSource.query('ALTER TABLE request_traces RENAME TO hidden');
    await expect(read({})).rejects.toThrow();
    await database.dataSource.query('ALTER TABLE hidden RENAME TO request_traces');
  });
});
