import type { Client } from 'pg';

export interface Crowd {
  readonly tenants: number;
  readonly entriesPerTenant: number;
  readonly stored: number; // entries that the first tenant has already, all in one scope
}

/** Copies of one entry with random vectors, which take as long to compare as any others. */
const copySql = (entries: number): string => `
  CREATE TEMP TABLE crowd AS
  SELECT entry.* FROM (SELECT * FROM semantic_entries LIMIT 1) entry, generate_series(1, ${entries})`;
const SCATTER_SQL = `
  UPDATE crowd SET embedding =
    (SELECT array_agg(random() - 0.5) FROM generate_series(1, crowd.dimensions))::real[]::halfvec`;
const RENAME_SQL = `
  UPDATE crowd SET id = gen_random_uuid(), exact_key = encode(sha256(gen_random_uuid()::text::bytea), 'hex')`;
const MOVE_SQL = `UPDATE crowd SET owner = 't:' || $1::text, scope_id = encode(sha256($1::text::bytea), 'hex')`;

/** Fills the table of entries up to so many for each tenant: the first in the scope that has some, each other in one of its own. */
export async function crowd(database: Client, { tenants, entriesPerTenant, stored }: Crowd): Promise<void> {
  await database.query(copySql(entriesPerTenant));
  await database.query(SCATTER_SQL);
  await database.query(RENAME_SQL);
  await database.query(`INSERT INTO semantic_entries SELECT * FROM crowd LIMIT ${entriesPerTenant - stored}`);
  for (let tenant = 1; tenant < tenants; tenant++) {
    await database.query(RENAME_SQL);
    await database.query(MOVE_SQL, [`crowd-${tenant}`]);
    await database.query('INSERT INTO semantic_entries SELECT * FROM crowd');
  }
  await database.query('VACUUM (ANALYZE) semantic_entries'); // as after weeks, not while hits are measured
}
