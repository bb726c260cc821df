import { MIGRATIONS } from '@relay/database';
import { Client } from 'pg';
import { reasonOf } from '../../terminal';
import { failure, ok, skipped, warning, type Finding } from '../finding';
import { skewFinding } from './clock';

const TIMEOUT_MS = 5_000;
const OLDEST_POSTGRES = 15;
const OLDEST_VECTOR = [0, 8] as const;
const UNDEFINED_TABLE = '42P01';

interface Extension {
  readonly installed_version: string | null;
  readonly default_version: string;
}

/** PostgreSQL: there, new enough, with pgvector, migrated, its clock right. */
export async function checkDatabase(url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [skipped('database', 'embedded: DATABASE_URL is not set')];
  const client = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  client.on('error', () => undefined); // told by the query that it breaks
  try {
    await client.connect();
    return [await version(client), await vector(client), await migrations(client), await clock(client)];
  } catch (error) {
    const advice = 'see that the server runs and that DATABASE_URL names it; the relay serves from memory meanwhile';
    return [failure('database', `${hostOf(url)} cannot be used: ${reasonOf(error)}`, advice)];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function version(client: Client): Promise<Finding> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  const text = rows[0]?.server_version ?? '';
  const isOld = Number.parseInt(text, 10) < OLDEST_POSTGRES;
  return isOld
    ? failure('database', `PostgreSQL ${text}`, `PostgreSQL ${OLDEST_POSTGRES} or later is needed`)
    : ok('database', `PostgreSQL ${text}`);
}

async function vector(client: Client): Promise<Finding> {
  const sql = `SELECT installed_version, default_version FROM pg_available_extensions WHERE name = 'vector'`;
  const [extension] = (await client.query<Extension>(sql)).rows;
  if (!extension) return failure('pgvector', 'not installed on the server', 'install pgvector 0.8 or later there');
  const { installed_version: installed, default_version: available } = extension;
  if (installed === null) return ok('pgvector', `${available}, created by the first start`);
  const [major = 0, minor = 0] = installed.split('.').map(Number);
  const isOld = major === OLDEST_VECTOR[0] && minor < OLDEST_VECTOR[1];
  return isOld
    ? failure('pgvector', installed, `ALTER EXTENSION vector UPDATE; ${OLDEST_VECTOR.join('.')} or later is needed`)
    : ok('pgvector', installed);
}

async function migrations(client: Client): Promise<Finding> {
  const applied = await appliedMigrations(client);
  const known: readonly string[] = MIGRATIONS.map(({ name }) => name);
  const open = known.filter((name) => !applied.has(name)).length;
  const foreign = [...applied].filter((name) => !known.includes(name)).length;
  if (foreign > 0) {
    const advice = 'a newer relay has been here: run the same version everywhere, or restore a backup';
    return failure('migrations', `${foreign} that this version does not know`, advice);
  }
  if (open === 0) return ok('migrations', `all ${known.length} applied`);
  return warning('migrations', `${open} of ${known.length} to be applied`, 'the next start of a relay applies them');
}

async function appliedMigrations(client: Client): Promise<Set<string>> {
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return new Set();
    throw error;
  }
}

async function clock(client: Client): Promise<Finding> {
  const askedAt = Date.now();
  const { rows } = await client.query<{ ms: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms');
  return skewFinding('database clock', Number(rows[0]?.ms), askedAt, Date.now());
}

/** Without user and password. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'DATABASE_URL');
