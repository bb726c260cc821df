import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { MAX_POLICY_VERSION, type PolicyDocument } from '@relay/contracts';
import { CLOCK, err, newTraceId, ok, RelayError, traceIdTime, within, type Clock, type Result } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import type { FullPolicyVersionRow, PolicyVersionRow } from './policy-version.rows';
import type { StoredRef } from './version-ref';

/** Changes of versions take turns, over all processes ("POLV" in ASCII). */
const CHANGE_LOCK = 0x504f4c56;
/** A database that takes longer for a change counts as away: nobody should wait for long to learn that. */
const CHANGE_TIMEOUT_MS = 4_000;
const RETRY_AFTER_SECONDS = 5;

const LIGHT = `v.id, v.name, v.version, v.status, v.digest, v.note, v.based_on, base.name AS base_name,
  base.version AS base_version, v.created_by, v.created_at, v.published_by, v.published_at`;
const FROM = 'FROM policy_versions v LEFT JOIN policy_versions base ON base.id = v.based_on';

export interface NewVersion {
  readonly document: PolicyDocument; // name and version are its own
  readonly source: string;
  readonly digest: string;
  readonly note: string | null;
  readonly basedOn: string | null; // id
  readonly createdBy: string;
  readonly createdAt: Date;
}

type Content = Pick<NewVersion, 'document' | 'source' | 'digest' | 'note' | 'basedOn'>;

/** Versions of policies in the database. What changes them takes the manager of `change`. */
@Injectable()
export class PolicyVersionRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * One change at a time; all of it or nothing: a refusal undoes it, and so does a database that answers too late. Errors:
   * those of `work`, `unavailable`.
   */
  async change<T>(
    work: (transaction: EntityManager) => Promise<Result<T, RelayError>>,
  ): Promise<Result<T, RelayError>> {
    const progress = { isLate: false, isCommitting: false };
    const changed = this.dataSource.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [CHANGE_LOCK]);
      const result = await work(transaction);
      if (!result.ok) throw result.error;
      if (progress.isLate) throw notChanged(); // as was told already
      progress.isCommitting = true;
      return result.value;
    });
    try {
      if (await within(this.clock, CHANGE_TIMEOUT_MS, changed)) return ok(await changed);
    } catch (error) {
      if (error instanceof RelayError) return err(error);
      throw error;
    }
    progress.isLate = true;
    return err(progress.isCommitting ? maybeChanged() : notChanged());
  }

  /** What every process asks every second: indexes hold the one row of each. The ids of the published version and of the canary. */
  async standing(): Promise<{ readonly published: string | null; readonly canary: string | null }> {
    const [row]: { published: string | null; canary: string | null }[] = await this.dataSource.query(
      `SELECT (SELECT id FROM policy_versions WHERE status = 'published') AS published,
         (SELECT id FROM policy_canaries WHERE status = 'running') AS canary`,
    );
    return { published: row?.published ?? null, canary: row?.canary ?? null };
  }

  /** Newest first, those made before the version of the id `before`. */
  list(limit: number, before: string | null): Promise<PolicyVersionRow[]> {
    return this.dataSource.query(
      `SELECT ${LIGHT} ${FROM} WHERE $2::uuid IS NULL OR v.id < $2::uuid ORDER BY v.id DESC LIMIT $1`,
      [limit, before],
    );
  }

  /** None, one, or several of a number without a name. */
  find(ref: StoredRef, manager: Pick<EntityManager, 'query'> = this.dataSource): Promise<FullPolicyVersionRow[]> {
    const select = (tail: string, values: unknown[] = []): Promise<FullPolicyVersionRow[]> =>
      manager.query(`SELECT ${LIGHT}, v.source, v.document ${FROM} ${tail}`, values);
    if (ref.kind === 'published') return select(`WHERE v.status = 'published'`);
    if (ref.kind === 'latest') return select('ORDER BY v.id DESC LIMIT 1');
    return select('WHERE v.version = $1::bigint AND ($2::text IS NULL OR v.name = $2) ORDER BY v.name LIMIT 2', [
      ref.version,
      ref.name,
    ]);
  }

  /** The newest of those that were published before, after the first `skipped`. */
  async superseded(skipped: number): Promise<FullPolicyVersionRow | undefined> {
    const [row]: FullPolicyVersionRow[] = await this.dataSource.query(
      `SELECT ${LIGHT}, v.source, v.document ${FROM} WHERE v.status = 'superseded'
       ORDER BY v.published_at DESC, v.id DESC LIMIT 1 OFFSET $1`,
      [skipped],
    );
    return row;
  }

  /** The number after the highest that the name ever had, and after `floor`. Errors: `conflict` if there is none. */
  async nextNumber(name: string, floor: number, transaction: EntityManager): Promise<Result<number, RelayError>> {
    if (floor >= MAX_POLICY_VERSION) return err(noNumberLeft(name));
    const rows: { last_version: number }[] = await transaction.query(
      `INSERT INTO policy_names (name, last_version) VALUES ($1, $2::int + 1)
       ON CONFLICT (name) DO UPDATE SET last_version = greatest(policy_names.last_version, $2::int) + 1
       WHERE policy_names.last_version < $3::int
       RETURNING last_version`,
      [name, floor, MAX_POLICY_VERSION],
    );
    return rows[0] ? ok(rows[0].last_version) : err(noNumberLeft(name));
  }

  async insertDraft(version: NewVersion, transaction: EntityManager): Promise<void> {
    const { document, source, digest, note, basedOn, createdBy, createdAt } = version;
    const id = await this.nextId(createdAt.getTime(), transaction);
    await transaction.query(
      `INSERT INTO policy_versions
         (id, name, version, status, source, document, digest, note, based_on, created_by, created_at)
       VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        document.name,
        document.version,
        source,
        JSON.stringify(document),
        digest,
        note,
        basedOn,
        createdBy,
        createdAt,
      ],
    );
  }

  /** Lists are in order of the ids, so each is later than all before, whatever the clocks of the processes say. */
  private async nextId(atMs: number, transaction: EntityManager): Promise<string> {
    const [newest]: { id: string }[] = await transaction.query(
      'SELECT id FROM policy_versions ORDER BY id DESC LIMIT 1',
    );
    return newTraceId(Math.max(atMs, (traceIdTime(newest?.id ?? '') ?? 0) + 1)); // a UUID v7, as traces have
  }

  async updateDraft(id: string, content: Content, transaction: EntityManager): Promise<void> {
    const { document, source, digest, note, basedOn } = content;
    await transaction.query(
      `UPDATE policy_versions SET source = $2, document = $3, digest = $4, note = $5, based_on = $6
       WHERE id = $1 AND status = 'draft'`,
      [id, source, JSON.stringify(document), digest, note, basedOn],
    );
  }

  async setNote(id: string, note: string, transaction: EntityManager): Promise<void> {
    await transaction.query('UPDATE policy_versions SET note = $2 WHERE id = $1', [id, note]);
  }

  async deleteDraft(id: string, transaction: EntityManager): Promise<void> {
    await transaction.query(`DELETE FROM policy_versions WHERE id = $1 AND status = 'draft'`, [id]);
  }

  async supersedePublished(transaction: EntityManager): Promise<void> {
    await transaction.query(`UPDATE policy_versions SET status = 'superseded' WHERE status = 'published'`);
  }

  /** Of a draft, or of a canary. After `supersedePublished`: an index allows one published version. */
  async publishDraft(id: string, by: string, at: Date, transaction: EntityManager): Promise<void> {
    await transaction.query(
      `UPDATE policy_versions SET status = 'published', published_by = $2, published_at = $3
       WHERE id = $1 AND status IN ('draft', 'canary')`,
      [id, by, at],
    );
  }
}

const notChanged = (): RelayError =>
  new RelayError('unavailable', 'The database does not answer at the moment; nothing was changed. Try again shortly.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

const maybeChanged = (): RelayError =>
  new RelayError(
    'unavailable',
    'The database stopped answering at the end: GET /api/policies/versions tells whether it was done.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );

function noNumberLeft(name: string): RelayError {
  const message = `Versions of "${name}" have reached ${MAX_POLICY_VERSION}, the highest number; allowed: another name`;
  return new RelayError('conflict', message, { param: 'name' });
}
