import type { INestApplicationContext } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { createScratchDatabase, type ScratchDatabase } from '../../subjects/scratch-database';
import { DAY_MS, fillTraces } from './fill-traces';
import { openTraceLibrary } from './trace-library';

/** Traces in a database, and the library that reads them. */
export interface FilledTraces {
  readonly library: INestApplicationContext;
  readonly url: string; // of the database
  readonly rows: number;
  readonly end: number; // of the last day that has traces, ms since the epoch
  readonly facts: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * A database of its own that is dropped at the end; or the one of BENCH_DATABASE_NAME, which must be there: filled if it has no traces, and
 * left as it is, so that the same millions of rows can be asked before and after a change.
 */
export async function openFilledTraces(
  scenario: string,
  rows: number,
  directory: string,
  say: (line: string) => void,
): Promise<FilledTraces> {
  const server = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL;
  if (!server) throw new Error(`${scenario} needs a PostgreSQL server: set BENCH_DATABASE_URL`);
  const name = process.env.BENCH_DATABASE_NAME;
  const database = name
    ? keptDatabase(server, name)
    : await createScratchDatabase(server, `relay_${scenario.replace('-', '_')}`);
  const library = await openTraceLibrary(database.url, directory);
  const close = async (): Promise<void> => {
    await library.close();
    await database.drop();
  };
  try {
    const dataSource = library.get<DataSource>(getDataSourceToken());
    const [told]: { version: string }[] = await dataSource.query(`SELECT current_setting('server_version') AS version`);
    const facts = { postgres: told?.version ?? 'unknown', ...(name && { database: name }) };
    const there = await storedTraces(dataSource);
    if (there.rows > 0) return { library, url: database.url, ...there, facts, close };
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const startedAt = performance.now();
    await fillTraces(dataSource, database.url, rows, today, say);
    say(`filled in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
    return { library, url: database.url, rows, end: today + DAY_MS, facts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function storedTraces(dataSource: DataSource): Promise<{ rows: number; end: number }> {
  const [row]: { rows: string; newest: Date | null }[] = await dataSource.query(
    'SELECT count(*) AS rows, max(at) AS newest FROM request_traces',
  );
  return { rows: Number(row?.rows), end: Math.ceil((row?.newest?.getTime() ?? 0) / DAY_MS) * DAY_MS };
}

function keptDatabase(server: string, name: string): Pick<ScratchDatabase, 'url' | 'drop'> {
  const url = Object.assign(new URL(server), { pathname: `/${name}` });
  return { url: url.href, drop: () => Promise.resolve() };
}
