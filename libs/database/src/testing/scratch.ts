import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ENVIRONMENT, environmentSchema, type Environment } from '@relay/config';
import { Client } from 'pg';
import { DatabaseModule } from '../database.module';
import { QueueModule } from '../queues/queue.module';
import { RedisModule } from '../redis/redis.module';

/** A place for one test file: its stores, and how to get rid of them. */
export interface Scratch {
  readonly environment: Environment;
  remove(): Promise<void>;
}

let count = 0;

/** An empty data folder: the embedded database. */
export function scratchFolder(extra: Record<string, string> = {}): Promise<Scratch> {
  const folder = mkdtempSync(path.join(tmpdir(), 'relay-database-'));
  const environment = environmentSchema.parse({ RELAY_DATA_DIR: folder, ...extra });
  return Promise.resolve({
    environment,
    remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  });
}

/** An empty database of its own on the test server. */
export async function scratchDatabase(serverUrl: string): Promise<Scratch> {
  const name = `relay_database_${process.pid}_${count++}`;
  const admin = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: serverUrl });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await admin(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    environment: environmentSchema.parse({ DATABASE_URL: url.href }),
    remove: () => admin(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** The three store modules as an application has them. */
export function startStores(environment: Environment): Promise<INestApplicationContext> {
  @Global()
  @Module({ providers: [{ provide: ENVIRONMENT, useValue: environment }], exports: [ENVIRONMENT] })
  class EnvironmentModule {}

  @Module({ imports: [EnvironmentModule, DatabaseModule, RedisModule, QueueModule] })
  class StoresModule {}

  return NestFactory.createApplicationContext(StoresModule, { logger: false, abortOnError: false });
}
