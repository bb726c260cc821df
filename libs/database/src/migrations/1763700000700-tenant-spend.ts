import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a tenant spent on a UTC day: kept up with the traces, so that a month need not be summed over its requests, and outlives them. */
export class TenantSpend1763700000700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenant_spend (
        tenant text NOT NULL,
        day    date NOT NULL,
        usd    numeric(24, 12) NOT NULL,
        PRIMARY KEY (day, tenant)
      )`);
    await runner.query(`
      INSERT INTO tenant_spend (tenant, day, usd)
      SELECT tenant, (at AT TIME ZONE 'UTC')::date, sum(cost_usd) FROM request_traces
      WHERE tenant IS NOT NULL AND cost_usd > 0 GROUP BY 1, 2`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tenant_spend');
  }
}
