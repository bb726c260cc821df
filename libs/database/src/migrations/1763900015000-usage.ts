import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What requests of one hour or day add up to that have all of this in common. */
const DIMENSIONS = `
  tenant       text,
  key_id       text,
  model        text,
  served_model text,
  provider     text,
  policy       text,
  rule         text`;
const SUMS = `
  requests               bigint NOT NULL,
  ok                     bigint NOT NULL,
  errors                 bigint NOT NULL,
  rejected               bigint NOT NULL,
  aborted                bigint NOT NULL,
  hits_exact_l1          bigint NOT NULL,
  hits_exact_l2          bigint NOT NULL,
  hits_semantic          bigint NOT NULL,
  hits_coalesced         bigint NOT NULL,
  unpriced               bigint NOT NULL,
  estimated              bigint NOT NULL,
  input_tokens           bigint NOT NULL,
  cached_input_tokens    bigint NOT NULL,
  output_tokens          bigint NOT NULL,
  reasoning_tokens       bigint NOT NULL,
  saved_tokens           bigint NOT NULL,
  cost_usd               numeric(32, 12) NOT NULL,
  saved_usd              numeric(32, 12) NOT NULL,
  saved_by_routing_usd   numeric(32, 12) NOT NULL,
  latency                bytea NOT NULL,
  ttft                   bytea NOT NULL`;

/**
 * Usage by hour and day, which outlives the traces that it is counted from; the hours whose traces have changed since; budgets of the
 * database and the thresholds of budgets that were crossed.
 */
export class Usage1763900015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['usage_hourly', 'usage_daily'])
      await runner.query(`CREATE TABLE ${table} (at timestamptz NOT NULL, ${DIMENSIONS}, ${SUMS})`);
    for (const table of ['usage_tags_hourly', 'usage_tags_daily'])
      await runner.query(`CREATE TABLE ${table} (at timestamptz NOT NULL, tag text NOT NULL, ${DIMENSIONS}, ${SUMS})`);
    for (const table of ['usage_hourly', 'usage_daily', 'usage_tags_hourly', 'usage_tags_daily'])
      await runner.query(`CREATE INDEX ${table}_at ON ${table} (at, tenant)`);
    // Of a tenant by one dimension: few rows, where those by all dimensions at once may be nearly as many as requests.
    for (const table of ['usage_margins_hourly', 'usage_margins_daily']) {
      await runner.query(
        `CREATE TABLE ${table} (at timestamptz NOT NULL, dimension text NOT NULL, tenant text, value text, ${SUMS})`,
      );
      await runner.query(`CREATE INDEX ${table}_at ON ${table} (at, dimension, tenant)`);
    }
    // Appended by each statement that stores traces, removed by the roll-up that counts them: nobody waits for anybody.
    await runner.query(`CREATE TABLE usage_touched (hour timestamptz NOT NULL)`);
    await runner.query(`
      CREATE TABLE usage_days (
        day      date PRIMARY KEY,
        built_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE usage_state (
        single_row    boolean PRIMARY KEY DEFAULT true CHECK (single_row),
        frozen_before timestamptz NOT NULL
      )`);
    await runner.query(`INSERT INTO usage_state (frozen_before) VALUES ('-infinity')`);
    await runner.query(`
      CREATE TABLE usage_references (
        tenant           text PRIMARY KEY,
        model            text NOT NULL,
        input_usd        numeric(30, 18) NOT NULL,
        cached_input_usd numeric(30, 18) NOT NULL,
        output_usd       numeric(30, 18) NOT NULL
      )`);
    await runner.query(`
      INSERT INTO usage_touched (hour) SELECT DISTINCT date_trunc('hour', at, 'UTC') FROM request_traces`);
    await runner.query(`
      CREATE TABLE budgets (
        id         uuid PRIMARY KEY,
        tenant     text NOT NULL,
        key_id     text,
        period     text NOT NULL CHECK (period IN ('month', 'day')),
        limit_usd  numeric(20, 9) NOT NULL CHECK (limit_usd > 0),
        hard       boolean NOT NULL,
        alerts     numeric(6, 4)[] NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX budgets_scope ON budgets (tenant, coalesce(key_id, ''), period)`);
    await runner.query(`
      CREATE TABLE budget_alerts (
        id           uuid PRIMARY KEY,
        budget_id    text NOT NULL,
        tenant       text NOT NULL,
        key_id       text,
        threshold    numeric(6, 4) NOT NULL,
        spent_usd    numeric(32, 12) NOT NULL,
        limit_usd    numeric(20, 9) NOT NULL,
        period       text NOT NULL,
        period_start timestamptz NOT NULL,
        at           timestamptz NOT NULL,
        ended_at     timestamptz,
        UNIQUE (budget_id, period, period_start, threshold, limit_usd)
      )`);
    await runner.query(`CREATE INDEX budget_alerts_period ON budget_alerts (period_start)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['usage_hourly', 'usage_daily', 'usage_tags_hourly', 'usage_tags_daily', 'usage_touched'];
    for (const table of [
      ...tables,
      'usage_margins_hourly',
      'usage_margins_daily',
      'usage_days',
      'usage_state',
      'usage_references',
      'budgets',
      'budget_alerts',
    ])
      await runner.query(`DROP TABLE ${table}`);
  }
}
