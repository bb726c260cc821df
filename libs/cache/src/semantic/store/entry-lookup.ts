import type { Clock } from '@relay/core';
import { within } from '@relay/core';
import type { DataSource } from 'typeorm';
import type { CachedAnswer } from '../../domain/cached-answer';
import type { Neighbour } from '../../domain/semantic/semantic-model';
import { Outage } from '../../tiers/outage';
import type { EntrySeal, KeptPrompt } from './entry-seal';
import { nearestSql, SOURCES_SQL, timeoutSetting, vectorSettings } from './nearest.sql';
import { inOneRoundTrip } from './one-round-trip';
import type { NearestQuery } from './stored-entry';
import { vectorBytes } from './vector-bytes';

/** What takes longer is a miss. In ms, for the database and for who waits alike: the embedded database has no time-outs. */
const LOOK_UP_TIMEOUT_MS = 250;
/** Look-ups of this process that are under way: with a pool of 10 connections more would only wait, and keep others waiting. */
const MAX_LOOK_UPS = 16;
const MAX_LIMIT = 100;

/** An answer as it lies in the table. */
interface SourceRow {
  readonly id: string;
  readonly answer: Buffer | null; // null: of another entry, `alias_of`
  readonly answer_id: string | null;
  readonly record: number | null;
}

interface FoundRow extends KeptPrompt, SourceRow {
  readonly distance: number;
  readonly exact_key: string;
  readonly min_similarity: number | null;
  readonly labels: string[];
  readonly epoch: string; // bigint
  readonly expires_at: Date;
  readonly stale_until: Date;
  readonly alias_of: string | null;
}

interface NearRow extends FoundRow {
  /** The entry itself, or the one whose answer it shares. */
  readonly source: SourceRow;
}

/** Finds the entries nearest to a vector. */
export class EntryLookup {
  readonly counts = { lookUps: 0, failedLookUps: 0, unreadable: 0 };
  private readonly outage: Outage;
  private running = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: EntrySeal,
    private readonly clock: Clock,
    private readonly maxAnswerBytes: () => number,
  ) {
    this.outage = new Outage(clock, 'SemanticStore');
  }

  async nearest(query: NearestQuery): Promise<Neighbour[]> {
    this.counts.lookUps++;
    try {
      const rows = await this.inTime(query);
      this.outage.recovered();
      const found = await Promise.all(rows.map((row) => this.open(query.scopeId, row)));
      return found.filter((neighbour) => neighbour !== undefined).sort((a, b) => b.similarity - a.similarity);
    } catch (error) {
      this.counts.failedLookUps++;
      throw error;
    }
  }

  private async inTime(query: NearestQuery): Promise<NearRow[]> {
    if (this.outage.pausing) throw new Error('a pause, as look-ups failed');
    if (this.running >= MAX_LOOK_UPS) throw new Error(`${MAX_LOOK_UPS} look-ups are under way`);
    this.running++;
    let rows: NearRow[] = [];
    const answered = this.rows(query)
      .then((found) => void (rows = found))
      .finally(() => this.running--);
    try {
      if (await within(this.clock, LOOK_UP_TIMEOUT_MS, answered)) return rows;
      throw new Error(`no answer within ${LOOK_UP_TIMEOUT_MS} ms`);
    } catch (error) {
      this.outage.failed(error);
      throw error;
    }
  }

  private async rows({ scopeId, embedderId, vector, limit, now }: NearestQuery): Promise<NearRow[]> {
    const bytes = vectorBytes(vector);
    if (bytes === null) return [];
    const startedAt = this.clock.monotonic();
    const values = [scopeId, embedderId, bytes, new Date(now), Math.min(MAX_LIMIT, limit)];
    const settings = vectorSettings(LOOK_UP_TIMEOUT_MS);
    const found = await inOneRoundTrip<FoundRow>(this.dataSource, settings, nearestSql(vector.length), values);
    const leftMs = LOOK_UP_TIMEOUT_MS - (this.clock.monotonic() - startedAt);
    return this.withSources(found, Math.floor(leftMs));
  }

  /** Without those whose source is out of service. Most sources are near as well: only others are asked for. */
  private async withSources(found: readonly FoundRow[], leftMs: number): Promise<NearRow[]> {
    const sources = new Map<string, SourceRow>();
    for (const row of found) if (row.alias_of === null) sources.set(row.id, row);
    const missing = new Set<string>();
    for (const { alias_of } of found) if (alias_of !== null && !sources.has(alias_of)) missing.add(alias_of);
    if (missing.size > 0) {
      if (leftMs < 1) throw new Error('no time is left for the answers of aliases');
      const values = [[...missing]];
      const rows = await inOneRoundTrip<SourceRow>(this.dataSource, timeoutSetting(leftMs), SOURCES_SQL, values);
      for (const row of rows) sources.set(row.id, row);
    }
    return found.flatMap((row) => {
      const source = sources.get(row.alias_of ?? row.id);
      return source ? [{ ...row, source }] : [];
    });
  }

  private async open(scopeId: string, row: NearRow): Promise<Neighbour | undefined> {
    const prompt = this.seal.openPrompt(row, { scopeId, exactKey: row.exact_key });
    const answer =
      prompt === undefined ? undefined : await this.seal.openAnswer(scopeId, row.source, this.maxAnswerBytes());
    if (prompt === undefined || answer === undefined) {
      this.counts.unreadable++;
      return undefined;
    }
    return {
      entryId: row.id,
      exactKey: row.exact_key,
      similarity: 1 - row.distance,
      prompt,
      answer: asOf(row, answer),
      minSimilarity: row.min_similarity,
      answerId: row.source.id,
      record: row.source.record,
    };
  }
}

/** The answer as this entry serves it: with what either of alias and source can be invalidated by. */
function asOf({ id, labels, epoch, expires_at, stale_until }: NearRow, answer: CachedAnswer): CachedAnswer {
  return {
    ...answer,
    expiresAt: expires_at.getTime(),
    staleUntil: stale_until.getTime(),
    epoch: Math.min(answer.epoch, Number(epoch)),
    labels: [...new Set([...answer.labels, ...labels, `entry:${id}`])],
  };
}
