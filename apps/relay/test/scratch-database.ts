import { databaseTemplate } from '@relay/testing';
import { Client } from 'pg';

/** A database of its own on the server of `url`, for one test file. */
export class ScratchDatabase {
  private constructor(
    private readonly adminUrl: string,
    private readonly name: string,
    readonly url: string,
  ) {}

  static async create(url: string, label: string): Promise<ScratchDatabase> {
    const name = `relay_${label}_${process.pid}`;
    const target = new URL(url);
    target.pathname = `/${name}`;
    const database = new ScratchDatabase(url, name, target.href);
    await database.run(`drop database if exists ${name} with (force)`);
    await database.run(`create database ${name} template ${await databaseTemplate(url)}`);
    return database;
  }

  drop(): Promise<void> {
    return this.run(`drop database if exists ${this.name} with (force)`);
  }

  private async run(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.adminUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
