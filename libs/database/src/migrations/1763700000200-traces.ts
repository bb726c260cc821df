import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Traces and payloads are partitioned by UTC day (see daily-partitions.ts), so that retention drops whole tables.
 * There is no default partition: a row of a day nobody has prepared is an error rather than a row that blocks its day.
 */
export class Traces1763700000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE execution_plans (
        id         text PRIMARY KEY,
        signature  text NOT NULL,
        policy     text NOT NULL,
        plan       jsonb NOT NULL,
        decisions  jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE request_traces (
        id                  uuid NOT NULL,
        at                  timestamptz NOT NULL,
        request_id          text NOT NULL,
        tenant              text,
        key_id              text,
        endpoint            text,
        model               text,
        served_model        text,
        provider            text,
        status              text NOT NULL,
        http_status         smallint NOT NULL,
        error_code          text,
        error               text,
        stream              boolean NOT NULL,
        cache               text NOT NULL,
        cache_source        uuid,
        queue               text NOT NULL,
        queue_ms            real NOT NULL,
        ttft_ms             real,
        total_ms            real NOT NULL,
        input_tokens        integer,
        cached_input_tokens integer,
        output_tokens       integer,
        reasoning_tokens    integer,
        usage_estimated     boolean,
        cost_usd            numeric(20, 12),
        saved_usd           numeric(20, 12),
        policy              text,
        signature           text,
        plan_id             text,
        degraded            text[],
        tags                text[],
        attempts            jsonb,
        stages              jsonb,
        features            jsonb,
        predicted           jsonb,
        PRIMARY KEY (at, id)
      ) PARTITION BY RANGE (at)`);
    await runner.query('CREATE INDEX request_traces_tenant_at ON request_traces (tenant, at DESC, id DESC)');
    await runner.query('CREATE INDEX request_traces_request_id ON request_traces (request_id)');
    await runner.query(`
      CREATE TABLE request_payloads (
        trace_id uuid NOT NULL,
        at       timestamptz NOT NULL,
        request  text,
        response text,
        PRIMARY KEY (at, trace_id)
      ) PARTITION BY RANGE (at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_payloads, request_traces, execution_plans');
  }
}
