import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One value, sealed under the encryption key in force: it tells at the start whether a process has the key of this database. */
export class EncryptionCheck1763900013100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE encryption_check (
        id        smallint PRIMARY KEY CHECK (id = 1),
        sealed    bytea NOT NULL,
        sealed_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE encryption_check');
  }
}
