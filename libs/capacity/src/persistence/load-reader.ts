import { BoundedReader } from '@relay/database';
import { Injectable } from '@nestjs/common';
import type { PoolHour } from '../domain/pool-profile';

/** Requests that held a slot of a provider. The relay's own count as well. */
const HELD_A_SLOT = `at >= $1 AND at < $2 AND cache IN ('miss', 'bypass') AND provider IS NOT NULL AND status <> 'rejected'`;

/** A slot is held from the end of the wait to the last byte. What the relay does before that takes ms; a second attempt counts in. */
const SERVICE_MS = 'greatest(total_ms - queue_ms, 0)::float8';

/** Averages and the busiest minute of a model or provider. */
export interface RateRow {
  readonly scope: 'model' | 'provider';
  readonly id: string;
  readonly requests: number;
  readonly tokens: number;
  readonly peakRequests: number;
  readonly peakTokens: number;
}

/** How long requests of a model take at a provider, by their output tokens. */
export interface ServiceFit {
  readonly provider: string;
  readonly requests: number;
  readonly meanMs: number;
  /** ms for each output token, and without any; null where the tokens do not differ. */
  readonly slopeMs: number | null;
  readonly interceptMs: number | null;
}

type Numbers<T> = { [K in keyof T]: T[K] extends number ? string | number : T[K] };

/** Reads from the traces what pools and models were asked for. */
@Injectable()
export class LoadReader {
  constructor(private readonly reader: BoundedReader) {}

  async hours(from: Date, to: Date): Promise<PoolHour[]> {
    const rows = await this.reader.read<Numbers<Omit<PoolHour, 'at'>> & { at: Date }>(
      `WITH minutes AS (
         SELECT provider, date_trunc('minute', at, 'UTC') AS minute, count(*) AS n, sum(${SERVICE_MS}) AS service,
           sum(${SERVICE_MS} * ${SERVICE_MS}) AS squared, sum(queue_ms::float8) AS waited
         FROM request_traces WHERE ${HELD_A_SLOT} GROUP BY 1, 2
       ), sums AS (
         SELECT provider, date_trunc('hour', minute, 'UTC') AS at, sum(n) AS requests, sum(n * n) AS "squaredMinutes",
           sum(service) AS "serviceMs", sum(squared) AS "squaredServiceMs", sum(waited) AS "waitMs"
         FROM minutes GROUP BY 1, 2
       ), waits AS (
         SELECT provider, date_trunc('hour', at, 'UTC') AS at, percentile_disc(0.9) WITHIN GROUP (ORDER BY queue_ms) AS "waitP90Ms"
         FROM request_traces WHERE ${HELD_A_SLOT} GROUP BY 1, 2
       )
       SELECT * FROM sums JOIN waits USING (provider, at) ORDER BY provider, at`,
      [from, to],
    );
    return rows.map(({ provider, at, ...figures }) => ({ provider, at: at.getTime(), ...numbers(figures) }));
  }

  async rates(from: Date, to: Date): Promise<RateRow[]> {
    const rows = await this.reader.read<Numbers<RateRow>>(
      `WITH minutes AS (
         SELECT CASE grouping(provider) WHEN 0 THEN 'provider' ELSE 'model' END AS scope, coalesce(provider, served_model) AS id,
           count(*) AS n, sum(coalesce(input_tokens, 0)::bigint + coalesce(output_tokens, 0)) AS tokens
         FROM request_traces WHERE ${HELD_A_SLOT}
         GROUP BY GROUPING SETS ((provider, date_trunc('minute', at, 'UTC')), (served_model, date_trunc('minute', at, 'UTC')))
       )
       SELECT scope, id, sum(n) AS requests, sum(tokens) AS tokens, max(n) AS "peakRequests", max(tokens) AS "peakTokens"
       FROM minutes WHERE id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
      [from, to],
    );
    return rows.map(({ scope, id, ...figures }) => ({ scope, id, ...numbers(figures) }));
  }

  async service(from: Date, to: Date, model: string): Promise<ServiceFit[]> {
    const rows = await this.reader.read<Numbers<ServiceFit>>(
      `SELECT provider, count(*) AS requests, avg(${SERVICE_MS}) AS "meanMs", regr_slope(${SERVICE_MS}, output_tokens) AS "slopeMs",
         regr_intercept(${SERVICE_MS}, output_tokens) AS "interceptMs"
       FROM request_traces WHERE ${HELD_A_SLOT} AND status = 'ok' AND served_model = $3 GROUP BY 1`,
      [from, to, model],
    );
    return rows.map((row) => ({ ...row, requests: Number(row.requests), meanMs: Number(row.meanMs) }));
  }
}

/** Sums come as text. */
function numbers<T extends object>(row: T): { [K in keyof T]: number } {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as {
    [K in keyof T]: number;
  };
}
