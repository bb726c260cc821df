import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { type PayloadRow, SEALED_AWAY } from '../domain/payload-columns';
import { PayloadVault } from '../payloads/payload-vault';

const DAY_MS = 86_400_000;
/** Longer requests are seldom asked twice, and thousands of them must fit into memory. In characters. */
const MAX_REQUEST_CHARS = 16_384;

export interface AskedRequest {
  readonly text: string; // the body, as it was sent
  readonly asked: number; // times
}

interface AskedRow extends PayloadRow {
  readonly asked: number;
}

/** The route whose requests a cache can answer. */
export const CHAT_ROUTE = '/v1/chat/completions';

/**
 * Answers only: a refusal is nothing to ask for ahead of need. What was redacted is another question than the one that was asked. Equal
 * requests that are sealed have one digest.
 */
const MOST_ASKED_SQL = `
  WITH asked AS (
    SELECT coalesce(payload.request_digest, md5(payload.request)) AS digest, count(*)::int AS asked,
      (array_agg(trace.id ORDER BY trace.at DESC, trace.id))[1] AS id, max(trace.at) AS at
    FROM request_traces trace
    JOIN request_payloads payload ON payload.at = trace.at AND payload.trace_id = trace.id
    WHERE trace.tenant = $1 AND trace.at >= $2::timestamptz AND payload.at >= $2::timestamptz
      AND trace.at < $5::timestamptz AND payload.at < $5::timestamptz AND trace.endpoint = $3 AND trace.status = 'ok' AND NOT payload.redacted
      AND coalesce(payload.request_chars, length(payload.request)) <= ${MAX_REQUEST_CHARS}
    GROUP BY 1 ORDER BY asked DESC, digest LIMIT $4
  )
  SELECT asked.id, $1::text AS tenant, asked.asked, payload.request AS payload_request,
    payload.response AS payload_response, payload.sealed AS payload_sealed
  FROM asked JOIN request_payloads payload ON payload.at = asked.at AND payload.trace_id = asked.id
  ORDER BY asked.asked DESC, payload.request, asked.digest`;

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
    private readonly payloads: PayloadVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Requests of one tenant to one route that were answered in the days before `until`, most often asked first. */
  async mostAsked(tenant: string, endpoint: string, days: number, until: Date, limit: number): Promise<AskedRequest[]> {
    const since = new Date(until.getTime() - days * DAY_MS);
    const rows: AskedRow[] = await this.dataSource.query(MOST_ASKED_SQL, [tenant, since, endpoint, limit, until]);
    return rows.flatMap((row) => {
      const payload = this.payloads.open(row);
      return payload === null || payload === SEALED_AWAY ? [] : [{ text: payload.request, asked: row.asked }];
    });
  }

  /** Tenants with such requests, those with most of them first. */
  async askers(endpoint: string, days: number, limit: number): Promise<string[]> {
    const since = new Date(this.clock.now() - days * DAY_MS);
    const rows: { tenant: string }[] = await this.dataSource.query(ASKERS_SQL, [since, endpoint, limit]);
    return rows.map(({ tenant }) => tenant);
  }
}
