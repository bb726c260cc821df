import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';

const DAY_MS = 86_400_000;
/** Longer requests are seldom asked twice, and thousands of them must fit into memory. In characters. */
const MAX_REQUEST_CHARS = 16_384;

export interface AskedRequest {
  readonly text: string; // the body, as it was sent
  readonly asked: number; // times
}

/** The route whose requests a cache can answer. */
export const CHAT_ROUTE = '/v1/chat/completions';

/** Answers only: a refusal is nothing to ask for ahead of need. */
const MOST_ASKED_SQL = `
  SELECT min(payload.request) AS text, count(*)::int AS asked
  FROM request_traces trace
  JOIN request_payloads payload ON payload.at = trace.at AND payload.trace_id = trace.id
  WHERE trace.tenant = $1 AND trace.at >= $2::timestamptz AND payload.at >= $2::timestamptz
    AND trace.endpoint = $3 AND trace.status = 'ok' AND length(payload.request) <= ${MAX_REQUEST_CHARS}
  GROUP BY md5(payload.request)
  ORDER BY asked DESC, text LIMIT $4`;

/** Who asked, by number of requests that are kept. */
const ASKERS_SQL = `
  SELECT trace.tenant
  FROM request_traces trace
  JOIN request_payloads payload ON payload.at = trace.at AND payload.trace_id = trace.id
  WHERE trace.at >= $1::timestamptz AND payload.at >= $1::timestamptz AND trace.endpoint = $2 AND trace.status = 'ok'
    AND trace.tenant IS NOT NULL
  GROUP BY trace.tenant
  ORDER BY count(*) DESC, trace.tenant LIMIT $3`;

/** What was asked most, where policies have requests kept with their traces. */
@Injectable()
export class AskedRequests {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Requests of one tenant to one route that were answered in the last days, most often asked first. */
  mostAsked(tenant: string, endpoint: string, days: number, limit: number): Promise<AskedRequest[]> {
    const since = new Date(this.clock.now() - days * DAY_MS);
    return this.dataSource.query(MOST_ASKED_SQL, [tenant, since, endpoint, limit]);
  }

  /** Tenants with such requests, those with most of them first. */
  async askers(endpoint: string, days: number, limit: number): Promise<string[]> {
    const since = new Date(this.clock.now() - days * DAY_MS);
    const rows: { tenant: string }[] = await this.dataSource.query(ASKERS_SQL, [since, endpoint, limit]);
    return rows.map(({ tenant }) => tenant);
  }
}
