import type { Clock } from '@relay/core';
import { within } from '@relay/core';
import type { DataSource } from 'typeorm';
import type { CachedAnswer } from '../../domain/cached-answer';
import type { Neighbour } from '../../domain/semantic/semantic-model';
import { Outage } from '../../tiers/outage';
import type { EntrySeal, KeptPrompt } from './entry-seal';
import { nearestSql, vectorSettings } from './nearest.sql';
import { inOneRoundTrip } from './one-round-trip';
import type { NearestQuery } from './stored-entry';
import { vectorText } from './vector-text';

/** What takes longer is a miss. In ms, for the database and for who waits alike: the embedded database has no time-outs. */
const LOOK_UP_TIMEOUT_MS = 250;
/** Look-ups of this process that are under way: with a pool of 10 connections more would only wait, and keep others waiting. */
const MAX_LOOK_UPS = 16;
const MAX_LIMIT = 100;

interface NearRow extends KeptPrompt {
  readonly id: string;
  readonly similarity: number;
  readonly exact_key: string;
  readonly min_similarity: number | null;
  readonly labels: string[];
  readonly epoch: string; // bigint
  readonly expires_at: Date;
  readonly stale_until: Date;
  readonly answer: Buffer | null;
  readonly answer_id: string | null;
  readonly source_id: string;
  readonly record: number | null;
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
    const text = vectorText(vector);
    if (text === null) return [];
    const values = [scopeId, embedderId, text, new Date(now), Math.min(MAX_LIMIT, limit)];
    return inOneRoundTrip(this.dataSource, vectorSettings(LOOK_UP_TIMEOUT_MS), nearestSql(vector.length), values);
  }

  private async open(scopeId: string, row: NearRow): Promise<Neighbour | undefined> {
    const prompt = this.seal.openPrompt(row, { scopeId, exactKey: row.exact_key });
    const answer = prompt === undefined ? undefined : await this.seal.openAnswer(scopeId, row, this.maxAnswerBytes());
    if (prompt === undefined || answer === undefined) {
      this.counts.unreadable++;
      return undefined;
    }
    return {
      entryId: row.id,
      exactKey: row.exact_key,
      similarity: row.similarity,
      prompt,
      answer: asOf(row, answer),
      minSimilarity: row.min_similarity,
      answerId: row.source_id,
      record: row.record,
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
