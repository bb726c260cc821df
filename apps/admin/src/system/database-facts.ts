import { ENVIRONMENT, type Environment } from '@relay/config';
import type { System } from '@relay/contracts';
import { CLOCK, type Clock, within } from '@relay/core';
import { MIGRATIONS } from '@relay/database';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** A database that does not answer within this time, ms, is down. */
const TIMEOUT_MS = 2_000;

interface Row {
  readonly version: string;
  readonly bytes: string; // bigint
  readonly applied: string;
  readonly last: string | null;
}

type DatabaseFacts = System['database'];

/** Kind, version, size and migrations of the database. */
@Injectable()
export class DatabaseFactsReader {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(): Promise<DatabaseFacts> {
    const kind = this.environment.DATABASE_URL === undefined ? 'pglite' : 'postgres';
    const row = await this.ask();
    const known = MIGRATIONS.length;
    if (row === null)
      return { kind, state: 'down', version: null, bytes: null, migrations: { applied: 0, known, last: null } };
    const migrations = { applied: Number(row.applied), known, last: row.last };
    return { kind, state: 'up', version: row.version, bytes: Number(row.bytes), migrations };
  }

  private async ask(): Promise<Row | null> {
    let row: Row | null = null;
    const asking = this.dataSource
      .query<Row[]>(
        `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
           (SELECT count(*) FROM migrations) AS applied, (SELECT name FROM migrations ORDER BY id DESC LIMIT 1) AS last`,
      )
      .then(
        (rows) => void (row = rows[0] ?? null),
        () => undefined,
      );
    await within(this.clock, TIMEOUT_MS, asking);
    return row;
  }
}
