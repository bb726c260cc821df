import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { traceIdTime } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import { EVIDENCE_HALF_LIFE_MS } from '../domain/evidence-book';
import type { FinishedRequest } from '../domain/trace-record';
import { EVIDENCE_SQL, FIND_REQUEST_SQL, CHANGED_SQL, SAVE_FEEDBACK_SQL } from './feedback.sql';

/** Older feedback counts for nothing and is removed: after a year it would weigh 1/4096. In ms. */
export const FEEDBACK_RETENTION_MS = 365 * 86_400_000;
/** Groups of user (or key), task and model that are read of one tenant: the latest. */
const MAX_GROUPS_OF_TENANT = 2_000;
const MS_PER_SECOND = 1_000;

/** Who spoke: an app with its key, or a person in the console. */
export type FeedbackSource = 'app' | 'console';

/** What is written together with an entry, or not at all. */
export type Alongside = (transaction: EntityManager) => Promise<void>;

export interface FeedbackEntry extends FinishedRequest {
  readonly id: string;
  readonly at: number; // ms since the epoch
  readonly traceId: string; // of the request that produced the answer
  readonly keyId: string;
  readonly score: number; // -1..1
  readonly comment: string | null;
  readonly from: FeedbackSource;
}

/** What counts of an entry. */
export type Verdict = Pick<FeedbackEntry, 'tenant' | 'user' | 'keyId' | 'model' | 'task' | 'score' | 'at'>;

/** All that one user, or one key, said of one model for one task, 0 to 1, aged as of the reading. */
export interface EvidenceRow {
  readonly tenant: string;
  readonly user: string; // empty where the app named none
  readonly key: string; // its id, where the app named no user
  readonly task: string;
  readonly model: string;
  readonly weight: number;
  readonly sum: number;
}

interface SavedRow {
  readonly id: string;
  readonly earlier: Omit<Verdict, 'tenant' | 'keyId'> | null;
}

export interface SavedFeedback {
  readonly id: string;
  readonly earlier: Verdict | null;
}

/** The table `feedback`. Every method rejects when the database is away. */
@Injectable()
export class FeedbackStore {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Keeps an entry in the place of an earlier one of the same key on the same trace: whose id stays, and which is told. */
  async save(entry: FeedbackEntry, alongside?: Alongside): Promise<SavedFeedback> {
    if (!alongside) return saveWith(this.dataSource, entry);
    return this.dataSource.transaction(async (transaction) => {
      const saved = await saveWith(transaction, entry);
      await alongside(transaction);
      return saved;
    });
  }

  /** The request of a trace that is stored; `null` if there is none. */
  async findRequest(traceId: string): Promise<FinishedRequest | null> {
    const at = traceIdTime(traceId);
    if (at === undefined) return null;
    const [row] = await this.dataSource.query<FinishedRequest[]>(FIND_REQUEST_SQL, [traceId, new Date(at)]);
    return row ?? null;
  }

  /** Tenants with feedback that is newer than `since`, and the database's time of this reading. */
  async changedSince(since: Date): Promise<{ readonly readAt: Date; readonly tenants: readonly string[] }> {
    const [row] = await this.dataSource.query<{ readAt: Date; tenants: string[] }[]>(CHANGED_SQL, [since]);
    return row ?? { readAt: since, tenants: [] };
  }

  /** Evidence as of `now`, of some tenants. */
  evidence(now: number, tenants: readonly string[]): Promise<EvidenceRow[]> {
    const halfLifeSeconds = EVIDENCE_HALF_LIFE_MS / MS_PER_SECOND;
    const from = new Date(now - FEEDBACK_RETENTION_MS);
    return this.dataSource.query(EVIDENCE_SQL, [new Date(now), halfLifeSeconds, from, tenants, MAX_GROUPS_OF_TENANT]);
  }
}

/** PostgreSQL refuses to take a smaller number for a `real`. */
const LEAST_SCORE = 1e-30;

async function saveWith(connection: Pick<EntityManager, 'query'>, entry: FeedbackEntry): Promise<SavedFeedback> {
  const { id, at, traceId, tenant, user, keyId, model, task, score, comment, from } = entry;
  const kept = Math.abs(score) < LEAST_SCORE ? 0 : score;
  const values = [id, new Date(at), traceId, tenant, user, keyId, model, task, kept, comment, from];
  const [saved] = await connection.query<SavedRow[]>(SAVE_FEEDBACK_SQL, values);
  if (!saved) return { id, earlier: null };
  return { id: saved.id, earlier: saved.earlier && { tenant, keyId, ...saved.earlier } };
}

/** Removes feedback that counts for nothing any more; gives its number. */
export async function dropFeedbackBefore(dataSource: DataSource, time: number): Promise<number> {
  const [, count]: [unknown, number] = await dataSource.query('DELETE FROM feedback WHERE at < $1', [new Date(time)]);
  return count;
}
