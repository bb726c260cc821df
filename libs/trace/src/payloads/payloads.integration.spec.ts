import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { systemClock } from '@relay/core';
import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { payloadVault, traceKit } from '../../test/recorder-kit';
import { aTrace } from '../../test/trace-record.builder';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('payloads on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_payloads')]);

const SECRET = 'a secret of at least 32 characters';
const NEWER = 'a newer secret of 32 characters..';
const AT = Date.UTC(2026, 2, 3, 12);
const WORDS = 'the quick brown fox of acme';
const said = { request: JSON.stringify({ messages: [{ content: WORDS }] }), response: JSON.stringify({ text: WORDS }) };

interface Stored {
  readonly request: string | null;
  readonly search_text: string | null;
  readonly sealed: Buffer | null;
}

describe.each(backends)('payloads on %s', (_name, open) => {
  let database: TestDatabase;
  let directory: string;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE request_traces, request_payloads, execution_plans');
    directory = mkdtempSync(join(tmpdir(), 'relay-payloads-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** What the spool held before anything was stored, and the row that came of it. */
  const record = async (
    vault: ReturnType<typeof payloadVault>,
  ): Promise<{ id: string; spool: string; row: Stored }> => {
    const kit = traceKit(database.dataSource, directory, systemClock, vault);
    const trace = aTrace(AT);
    kit.recorder.record(trace, null, said);
    const files = readdirSync(directory).filter((name) => name.startsWith('segment_'));
    const spool = files.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
    await kit.recorder.onApplicationShutdown();
    const [row] = await database.dataSource.query<Stored[]>('SELECT * FROM request_payloads WHERE trace_id = $1', [
      trace.id,
    ]);
    if (!row) throw new Error('nothing was stored');
    return { id: trace.id, spool, row };
  };
  const read = async (id: string, vault: ReturnType<typeof payloadVault>) => {
    const kit = traceKit(database.dataSource, directory, systemClock, vault);
    const detail = await kit.store.get(id, null);
    await kit.recorder.onApplicationShutdown();
    return detail;
  };

  it('are never in the clear where there is a key: neither in the spool nor in the database', async () => {
    const { id, spool, row } = await record(payloadVault(SECRET));
    expect(spool).toContain(id);
    for (const place of [spool, JSON.stringify(row), row.sealed?.toString('latin1')])
      expect(place).not.toContain('quick');
    expect(row).toMatchObject({ request: null, search_text: null });
    expect(await read(id, payloadVault(SECRET))).toMatchObject({ payload: { response: { text: WORDS } } });
  });

  it('are searchable words where there is none', async () => {
    const { row } = await record(payloadVault());
    expect(row).toMatchObject({ request: said.request, sealed: null, search_text: `${WORDS}\n${WORDS}` });
  });

  it('are told to be sealed where their key is not known, and open again with it beside a newer one', async () => {
    const { id } = await record(payloadVault(SECRET));
    for (const vault of [payloadVault(), payloadVault(NEWER)])
      expect(await read(id, vault)).toMatchObject({ payload: null, payloadSealed: true });
    expect(await read(id, payloadVault(NEWER, {}, [SECRET]))).toMatchObject({
      payload: { request: { messages: [{}] } },
    });
  });
});
