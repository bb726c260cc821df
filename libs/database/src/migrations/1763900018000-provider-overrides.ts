import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators decided about providers and their targets for a while; `target` is empty where it is for all of a provider's. */
export class ProviderOverrides1763900018000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE provider_overrides (
        provider   text NOT NULL,
        target     text NOT NULL,
        mode       text NOT NULL,
        reason     text NOT NULL,
        made_by    text NOT NULL,
        made_at    timestamptz NOT NULL,
        ends_at    timestamptz NOT NULL,
        PRIMARY KEY (provider, target)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE provider_overrides');
  }
}
