import type { AuditPage, AuditVerification, PageQuery } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, CHAIN_START, type ChainedEntry, chainEntry, continuesChain } from './chain';

/** Entries are appended one after the other, over all processes ("AUDT" in ASCII). */
const APPEND_LOCK = 0x41554454;
/** Entries read at once while the chain is checked. */
const VERIFY_BATCH = 1_000;

const COLUMNS = 'seq, at, actor_id, actor_email, action, target, detail, prev_hash, hash';

interface AuditRow {
  readonly seq: string; // bigint
  readonly at: Date;
  readonly actor_id: string;
  readonly actor_email: string;
  readonly action: string;
  readonly target: string;
  readonly detail: Record<string, unknown>;
  readonly prev_hash: string;
  readonly hash: string;
}

/** Who did what, append-only and chained by hashes, so that a change of the past shows. */
@Injectable()
export class AuditLog {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Appends within the transaction of what is told, so that there is neither a deed without its entry nor an entry without
   * its deed. Others who append wait until that transaction ends: call it last.
   */
  async append(entry: AuditEntry, transaction: EntityManager): Promise<void> {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [APPEND_LOCK]);
    const rows: AuditRow[] = await transaction.query(`SELECT ${COLUMNS} FROM audit_log ORDER BY seq DESC LIMIT 1`);
    const last = rows[0] ? entryOf(rows[0]) : CHAIN_START;
    const next = chainEntry(last, new Date(this.clock.now()).toISOString(), entry);
    await transaction.query(
      `INSERT INTO audit_log (seq, at, actor_id, actor_email, action, target, detail, prev_hash, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        next.seq,
        next.at,
        next.actor.id,
        next.actor.email,
        next.action,
        next.target,
        JSON.stringify(next.detail),
        next.prevHash,
        next.hash,
      ],
    );
  }

  /** Newest first. */
  async list({ limit, cursor }: PageQuery): Promise<Result<AuditPage, RelayError>> {
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : seqOf(cursor);
    if (before === undefined) {
      const message = 'cursor: not a cursor of this list; allowed: the nextCursor of a page before';
      return err(new RelayError('invalid_request', message, { param: 'cursor' }));
    }
    const rows: AuditRow[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM audit_log WHERE seq < $1 ORDER BY seq DESC LIMIT $2`,
      [before, limit + 1],
    );
    const data = rows.slice(0, limit).map(entryOf);
    const last = data.at(-1);
    return ok({ data, nextCursor: rows.length > limit && last ? String(last.seq) : null });
  }

  /** Reads the whole log, oldest first, up to the first entry that is not what was written or not where it was. */
  async verifyChain(): Promise<AuditVerification> {
    let last: Pick<ChainedEntry, 'seq' | 'hash'> = CHAIN_START;
    for (;;) {
      const rows: AuditRow[] = await this.dataSource.query(
        `SELECT ${COLUMNS} FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT ${VERIFY_BATCH}`,
        [last.seq],
      );
      for (const row of rows) {
        const entry = entryOf(row);
        if (!continuesChain(last, entry)) return { intact: false, entries: last.seq, head: last.hash };
        last = entry;
      }
      if (rows.length < VERIFY_BATCH) return { intact: true, entries: last.seq, head: last.hash };
    }
  }
}

function entryOf(row: AuditRow): ChainedEntry {
  return {
    seq: Number(row.seq),
    at: row.at.toISOString(),
    actor: { id: row.actor_id, email: row.actor_email },
    action: row.action,
    target: row.target,
    detail: row.detail,
    prevHash: row.prev_hash,
    hash: row.hash,
  };
}

function seqOf(cursor: string): number | undefined {
  return /^[1-9]\d{0,15}$/.test(cursor) ? Number(cursor) : undefined;
}
