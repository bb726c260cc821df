import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { TraceTailFilter } from '@relay/contracts';
import { newTraceId, systemClock } from '@relay/core';
import { ensureDailyPartitions } from '@relay/database';
import { FakeClock, type TestDatabase } from '@relay/testing';
import { traceKit } from '../../test/recorder-kit';
import { traceDatabases } from '../../test/trace-databases';
import { aTrace } from '../../test/trace-record.builder';
import { parseEventId } from './tail-position';
import { type TailEvent, TraceTail } from './trace-tail.service';

const POLL_MS = 500;

describe.each(traceDatabases('the tail of traces', 'relay_trace_tail'))('the tail of traces on %s', (_, open) => {
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;
  let clock: FakeClock;
  let tail: TraceTail;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
    await ensureDailyPartitions(database.dataSource, Date.now(), 2);
  }, 60_000);
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE request_traces, request_payloads');
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    kit = traceKit(database.dataSource, directory, systemClock);
    clock = new FakeClock();
    tail = new TraceTail(database.dataSource, clock);
  });
  afterEach(async () => {
    tail.onModuleDestroy();
    await kit.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  const store = async (changes: Parameters<typeof aTrace>[1] = {}, at = Date.now()): Promise<string> => {
    const trace = aTrace(at, changes);
    kit.recorder.record(trace, null, null);
    await kit.recorder.flush();
    return trace.id;
  };
  /** What a listener was told, by id. */
  const follow = (filter: TraceTailFilter = {}, tenantScope: string | null = null) => {
    const events: TailEvent[] = [];
    const { began, stop } = tail.follow({
      filter,
      tenantScope,
      onEvents: (more) => events.push(...more),
      onMissed: () => undefined,
    });
    return { events, began, stop, ids: () => events.map(({ row }) => row.id) };
  };
  const insertMany = (count: number, tenant: string): Promise<unknown> =>
    database.dataSource.query(
      `INSERT INTO request_traces (id, at, request_id, tenant, status, http_status, stream, cache, queue, queue_ms, total_ms)
       SELECT unnest($1::uuid[]), to_timestamp($2::bigint / 1000.0), 'r', $3, 'ok', 200, false, 'miss', 'none', 0, 1`,
      [Array.from({ length: count }, () => newTraceId(Date.now())), Date.now(), tenant],
    );
  /** Resolves when the look under way is over: the next one is due then. */
  const looked = async (): Promise<void> => {
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  const look = async (): Promise<void> => {
    await looked();
    clock.advance(POLL_MS);
    await looked();
  };

  it('tells of rows that are stored after it began, once, also where their requests began long before', async () => {
    await store();
    const { began, ids } = follow();
    await began;
    const long = await store({}, Date.now() - 3_600_000);
    const short = await store();
    await look();
    await look();
    expect(ids()).toEqual([long, short]);
    const later = await store();
    await look();
    expect(ids()).toEqual([long, short, later]);
  });

  it('tells each what it asked for, and of its tenant only', async () => {
    const [errors, scoped, foreign] = [
      follow({ status: ['error'] }),
      follow({}, 'acme'),
      follow({ tenant: ['acme'] }, 'globex'),
    ];
    await looked();
    const failed = await store({ tenant: 'globex', status: 'error' });
    const fine = await store({ tenant: 'acme' });
    await look();
    expect(errors.ids()).toEqual([failed]);
    expect(scoped.ids()).toEqual([fine]);
    expect(foreign.ids()).toEqual([]);
  });

  it('asks the database nothing while nobody listens', async () => {
    expect(clock.pending).toBe(0);
    const [one, other] = [follow(), follow()];
    await looked();
    expect(clock.pending).toBe(1);
    one.stop();
    expect(clock.pending).toBe(1);
    other.stop();
    expect(clock.pending).toBe(0);
  });

  it('tells who comes back what was stored since', async () => {
    const { events } = follow();
    await looked();
    await store();
    await look();
    const [second, third] = [await store({ tenant: 'acme' }), await store({ tenant: 'globex' })];
    const position = parseEventId(events[0]?.eventId ?? '');
    if (!position) throw new Error('the event has no id');
    const all = await tail.since(position, { filter: {}, tenantScope: null });
    expect(all).toMatchObject({ missed: 0, events: [{ row: { id: second } }, { row: { id: third } }] });
    const own = await tail.since(position, { filter: {}, tenantScope: 'globex' });
    expect(own.events.map(({ row }) => row.id)).toEqual([third]);
  });

  it('tells who comes back of the newest of the own tenant, whatever others stored, and counts the remainder', async () => {
    const { events } = follow();
    await looked();
    await store({ tenant: 'acme' });
    await look();
    const position = parseEventId(events[0]?.eventId ?? '');
    if (!position) throw new Error('the event has no id');
    await insertMany(20_500, 'globex');
    const own = await store({ tenant: 'acme' });
    await insertMany(1_002, 'initech');
    const newest = await store({ tenant: 'initech' });
    const acme = await tail.since(position, { filter: {}, tenantScope: 'acme' });
    expect([acme.events.map(({ row }) => row.id), acme.missed]).toEqual([[own], 0]);
    const initech = await tail.since(position, { filter: { tenant: ['initech'] }, tenantScope: null });
    expect([initech.events.length, initech.missed]).toEqual([1_000, 3]);
    expect(initech.events.at(-1)?.row.id).toBe(newest);
  }, 60_000);

  it('goes on where it was when the database is back', async () => {
    const { ids } = follow();
    await looked();
    await database.dataSource.query('ALTER TABLE request_traces RENAME TO hidden');
    await look();
    await database.dataSource.query('ALTER TABLE hidden RENAME TO request_traces');
    const id = await store();
    await look();
    expect(ids()).toEqual([id]);
  });
});
