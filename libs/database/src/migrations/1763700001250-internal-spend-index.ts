import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the relay's own requests cost, which the statistics of the cache set against its savings. On days to come only, as their other index. */
export class InternalSpendIndex1763700001250 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX request_traces_internal_spend ON ONLY request_traces (at)
      INCLUDE (endpoint, tenant, model, plan_id, cost_usd)
      WHERE endpoint LIKE 'internal:%' AND cost_usd > 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX request_traces_internal_spend');
  }
}
