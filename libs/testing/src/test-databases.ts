import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { fingerprint, seedEmbedded } from './embedded-template';

export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly url: string | undefined; // for other processes; the embedded one has none
  close(): Promise<void>;
}

/** "RTPL" in ASCII. */
const TEMPLATE_LOCK = 0x5254504c;

/** Loaded only by those who open one: TypeORM takes a while. */
const stores = () => import('@relay/database');

/** A migrated database of its own on the server of TEST_DATABASE_URL. */
export async function openPostgres(serverUrl: string, name: string): Promise<TestDatabase> {
  const { dataSourceOptions, openDataSource } = await stores();
  const database = `${name}_${process.pid}`;
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await onServer(serverUrl, `CREATE DATABASE ${database} TEMPLATE ${await databaseTemplate(serverUrl)}`);
  const url = Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
  const dataSource = await openDataSource(dataSourceOptions({ DATABASE_URL: url }, null));
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await onServer(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  };
  return { dataSource, url, close };
}

/** A migrated embedded database in a folder of its own. */
export async function openEmbedded(): Promise<TestDatabase> {
  const { dataSourceOptions, EmbeddedPostgres, openDataSource } = await stores();
  const directory = mkdtempSync(join(tmpdir(), 'relay-test-'));
  await seedEmbedded(directory); // a migrated one is copied: half the time
  const embedded = new EmbeddedPostgres(directory);
  const dataSource = await openDataSource(dataSourceOptions({ DATABASE_URL: undefined }, embedded));
  const close = async () => {
    await dataSource.destroy();
    rmSync(directory, { recursive: true, force: true });
  };
  return { dataSource, url: undefined, close };
}

let template: Promise<string> | null = null;

/** The name of a migrated database that stays on the server, one for each state of the sources: copying it takes a tenth of migrating anew. */
export function databaseTemplate(serverUrl: string): Promise<string> {
  template ??= findTemplate(serverUrl);
  return template;
}

async function findTemplate(serverUrl: string): Promise<string> {
  const name = `relay_test_template_${fingerprint()}`;
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]); // one of the workers makes it
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await makeTemplate(serverUrl, client, name);
    return name;
  } finally {
    await client.end();
  }
}

async function makeTemplate(serverUrl: string, client: Client, name: string): Promise<void> {
  const { dataSourceOptions, openDataSource } = await stores();
  const making = `${name}_making`;
  await client.query(`DROP DATABASE IF EXISTS ${making} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${making}`);
  const url = Object.assign(new URL(serverUrl), { pathname: `/${making}` }).href;
  const dataSource = await openDataSource(dataSourceOptions({ DATABASE_URL: url }, null));
  await dataSource.destroy();
  await client.query(`ALTER DATABASE ${making} RENAME TO ${name}`);
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
