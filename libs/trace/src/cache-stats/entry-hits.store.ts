import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { trimDecimal } from '../domain/cost';
import { type PayloadRow, SEALED_AWAY } from '../domain/payload-columns';
import { PayloadVault } from '../payloads/payload-vault';
import { TraceReader } from '../persistence/trace-reader';
import { TraceRecorder } from '../trace.recorder';
import { askedExcerpt } from './asked-excerpt';

/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;
/** Longer requests are not opened for the few words that are shown of them. In characters, or bytes where they are sealed. */
const MAX_OPENED = 262_144;

/** A request that was answered from an entry of the cache. */
export interface EntryHit {
  readonly trace: string;
  readonly at: string;
  readonly tenant: string | null;
  readonly cache: string;
  readonly similarity: number | null;
  readonly savedUsd: string | null;
  readonly degraded: boolean;
  readonly prompt: string | null; // its beginning, where it is kept and asked for
  readonly feedback: number | null; // -1 to 1
}

interface HitRow extends PayloadRow {
  readonly id: string;
  readonly at: Date;
  readonly tenant: string | null;
  readonly cache: string;
  readonly similarity: number | null;
  readonly saved_usd: string | null;
  readonly degraded: boolean;
  readonly feedback: number | null;
}

/**
 * The latest hits of the entry $1, of the reader's tenant $2 (null: of all), $3 at most; $4: with what was asked. What is said of an answer is
 * kept under the request that made it, by the API key that said it: here that of the key that got the hit.
 */
const HITS_SQL = `
  SELECT hit.id, hit.at, hit.tenant, hit.cache, hit.similarity, hit.saved_usd, coalesce(cardinality(hit.degraded), 0) > 0 AS degraded,
    (SELECT score FROM feedback WHERE feedback.trace_id = coalesce(hit.cache_source, hit.id) AND feedback.tenant = hit.tenant
      AND feedback.key_id = hit.key_id) AS feedback,
    payload.request AS payload_request, NULL AS payload_response, payload.sealed AS payload_sealed
  FROM (
    SELECT * FROM request_traces
    WHERE hashtext(cache_entry) = hashtext($1) AND cache_entry = $1 AND cache IN ('exact-l1', 'exact-l2', 'semantic')
      AND ($2::text IS NULL OR tenant = $2)
    ORDER BY at DESC LIMIT $3
  ) hit
  LEFT JOIN request_payloads payload ON $4 AND payload.trace_id = hit.id AND payload.at = hit.at
    AND coalesce(length(payload.request), 0) <= ${MAX_OPENED} AND coalesce(length(payload.sealed), 0) <= ${MAX_OPENED}
  ORDER BY hit.at DESC, hit.id DESC`;

/** Reads who was served from one entry of the cache. */
@Injectable()
export class EntryHitsStore {
  private readonly reader: TraceReader;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    private readonly payloads: PayloadVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new TraceReader(dataSource);
  }

  /** Newest first. `tenantScope` limits the reader to one tenant. Throws `unavailable` where it takes too long. */
  async read(entryId: string, tenantScope: string | null, limit: number, withPrompts: boolean): Promise<EntryHit[]> {
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const values = [entryId, tenantScope, limit, withPrompts];
    const rows = await this.reader.read<HitRow>({ text: HITS_SQL, values });
    return rows.map((row) => this.toHit(row));
  }

  private toHit(row: HitRow): EntryHit {
    const payload = this.payloads.open(row);
    return {
      trace: row.id,
      at: row.at.toISOString(),
      tenant: row.tenant,
      cache: row.cache,
      similarity: row.similarity,
      savedUsd: row.saved_usd === null ? null : trimDecimal(row.saved_usd),
      degraded: row.degraded,
      prompt: payload === null || payload === SEALED_AWAY ? null : askedExcerpt(payload.request),
      feedback: row.feedback,
    };
  }
}
