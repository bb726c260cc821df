import { Logger } from '@nestjs/common';
import type { Environment } from '@relay/config';
import * as pg from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import { MIGRATIONS } from '../migrations';
import type { EmbeddedPostgres } from '../pglite/embedded-postgres';
import { ImpatientClient } from './impatient-client';
import { KEEP_ALIVE } from './keep-alive';

/** Connections of one process for everything but the queues, and but questions (see BoundedReader), which have their own few. */
const POOL_SIZE = 10;
const QUESTIONS_POOL_SIZE = 4;
const QUESTIONS_NAME = 'llm-relay questions';
const CONNECT_TIMEOUT_MS = 5_000;
/** Nothing the relay asks may take longer; a stuck query must not hold a connection for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** And if not even the server's own time-out is heard of, nobody is there any more. */
const ANSWER_TIMEOUT_MS = 35_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 30_000;

const logger = new Logger('Database');

/** The same entities and migrations on both; only where the connections come from differs. */
export function dataSourceOptions(
  environment: Pick<Environment, 'DATABASE_URL'>,
  embedded: EmbeddedPostgres | null,
): PostgresDataSourceOptions {
  const common = {
    type: 'postgres',
    migrations: MIGRATIONS,
    synchronize: false,
    migrationsRun: false, // see data-source.factory.ts
    installExtensions: false, // the migrations do
    uuidExtension: 'pgcrypto',
    logging: false, // errors reach their callers; TypeORM would print parameters too
    poolErrorHandler: (error: Error) => logger.warn(`An idle connection was lost: ${error.message}`),
  } satisfies PostgresDataSourceOptions;
  if (embedded) return { ...common, driver: borrowingDriver(embedded) };
  const url = environment.DATABASE_URL;
  return {
    ...common,
    url,
    driver: { ...pg, Pool: SizedPool },
    // The same server twice: TypeORM's second pool is for those who ask for a "slave", and for nobody else.
    replication: {
      defaultMode: 'master',
      master: { url, applicationName: 'llm-relay' },
      slaves: [{ url, applicationName: QUESTIONS_NAME }],
    },
    extra: {
      ...KEEP_ALIVE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      Client: ImpatientClient,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    },
  };
}

/** TypeORM gives all of its pools the same options. */
class SizedPool extends pg.Pool {
  constructor(options: pg.PoolConfig) {
    super({ ...options, max: options.application_name === QUESTIONS_NAME ? QUESTIONS_POOL_SIZE : POOL_SIZE });
  }
}

/** The `pg` package for TypeORM, except that a new pool is the embedded database's one pool. */
function borrowingDriver(embedded: EmbeddedPostgres): typeof pg {
  function Pool(): unknown {
    return embedded.borrow();
  }
  return Object.assign(Object.create(null) as typeof pg, pg, { Pool });
}
