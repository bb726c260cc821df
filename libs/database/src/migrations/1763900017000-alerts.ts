import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Alerts: rules and channels made over the API, what fired and when, and what is to be told of it (an outbox, written with the
 * change that it tells). `relay_processes` is what each process last said of itself.
 */
export class Alerts1763900017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE alert_rules (
        id         text PRIMARY KEY,
        rule       jsonb NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE alert_channels (
        id         text PRIMARY KEY,
        kind       text NOT NULL,
        origin     text NOT NULL,
        signed     boolean NOT NULL,
        sealed     bytea NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE alerts (
        id           uuid PRIMARY KEY,
        rule         text NOT NULL,
        subject      text NOT NULL,
        kind         text NOT NULL,
        scope        jsonb NOT NULL,
        severity     text NOT NULL,
        state        text NOT NULL,
        value        float8 NOT NULL,
        peak         float8 NOT NULL,
        threshold    float8 NOT NULL,
        window_ms    bigint NOT NULL,
        channels     text[] NOT NULL,
        since        timestamptz NOT NULL,
        fired_at     timestamptz,
        clear_since  timestamptz,
        resolved_at  timestamptz,
        told_at      timestamptz,
        returns      integer NOT NULL,
        acknowledged_at timestamptz,
        acknowledged_by text
      )`);
    await runner.query(`CREATE UNIQUE INDEX alerts_open ON alerts (rule, subject) WHERE state <> 'resolved'`);
    await runner.query('CREATE INDEX alerts_resolved ON alerts (resolved_at)');
    await runner.query(`
      CREATE TABLE alert_notices (
        id       uuid PRIMARY KEY,
        alert    uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
        channel  text NOT NULL,
        event    text NOT NULL,
        content  jsonb NOT NULL,
        state    text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        at       timestamptz NOT NULL,
        due_at   timestamptz NOT NULL,
        sent_at  timestamptz,
        error    text
      )`);
    await runner.query('CREATE INDEX alert_notices_alert ON alert_notices (alert)');
    await runner.query(`CREATE INDEX alert_notices_due ON alert_notices (due_at) WHERE state = 'waiting'`);
    await runner.query(`
      CREATE TABLE relay_processes (
        id         uuid PRIMARY KEY,
        roles      text[] NOT NULL,
        version    text NOT NULL,
        started_at timestamptz NOT NULL,
        seen_at    timestamptz NOT NULL,
        pulse      jsonb NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE relay_processes, alert_notices, alerts, alert_channels, alert_rules');
  }
}
