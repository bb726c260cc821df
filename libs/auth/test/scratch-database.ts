import { randomUUID } from 'node:crypto';
import { databaseTemplate } from '@relay/testing';
import { Client } from 'pg';

export interface ScratchDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of this test's own on the server of `adminUrl`. */
export async function createScratchDatabase(adminUrl: string): Promise<ScratchDatabase> {
  const name = `relay_auth_${process.pid}_${randomUUID().slice(0, 8)}`;
  await run(adminUrl, `create database ${name} template ${await databaseTemplate(adminUrl)}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(adminUrl, `drop database ${name} with (force)`) };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
