import type { AuditPage, AuditQuery, AuditVerification, AuditVerifyQuery } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, breakOfChain, CHAIN_START, type ChainedEntry, chainEntry } from './chain';

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
  async list(query: AuditQuery): Promise<Result<AuditPage, RelayError>> {
    const { limit, cursor } = query;
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : seqOf(cursor);
    if (before === undefined) {
      const message = 'cursor: not a cursor of this list; allowed: the nextCursor of a page before';
      return err(new RelayError('invalid_request', message, { param: 'cursor' }));
    }
    const { text, values } = filterOf(query, [before, limit + 1]);
    const rows: AuditRow[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM audit_log WHERE seq < $1${text} ORDER BY seq DESC LIMIT $2`,
      values,
    );
    const data = rows.slice(0, limit).map(entryOf);
    const last = data.at(-1);
    return ok({ data, nextCursor: rows.length > limit && last ? String(last.seq) : null });
  }

  /**
   * Reads the whole log, oldest first, up to the first entry that is not what was written or not where it was. `head` is a hash that
   * was kept elsewhere: without an entry of it the end of the log was cut off, or all of it written anew.
   */
  async verifyChain({ head: wanted }: AuditVerifyQuery = {}): Promise<AuditVerification> {
    let last: Pick<ChainedEntry, 'seq' | 'hash'> = CHAIN_START;
    let seen = wanted === undefined || wanted === CHAIN_START.hash;
    for (;;) {
      const rows: AuditRow[] = await this.dataSource.query(
        `SELECT ${COLUMNS} FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT ${VERIFY_BATCH}`,
        [last.seq],
      );
      for (const row of rows) {
        const entry = entryOf(row);
        const reason = breakOfChain(last, entry);
        if (reason !== null) return verified(last, { seq: last.seq + 1, reason });
        seen ||= entry.hash === wanted;
        last = entry;
      }
      if (rows.length < VERIFY_BATCH)
        return verified(last, seen ? null : { seq: last.seq + 1, reason: 'head-missing' });
    }
  }
}

function verified(
  { seq: entries, hash: head }: Pick<ChainedEntry, 'seq' | 'hash'>,
  broken: AuditVerification['broken'],
): AuditVerification {
  return { intact: broken === null, entries, head, broken };
}

/** The conditions of a query and its values, after those that are there. Whatever was asked for is a value, never a part of the text. */
function filterOf(query: AuditQuery, values: unknown[]): { text: string; values: unknown[] } {
  const { actor, action, target, from, to } = query;
  let text = '';
  const and = (value: string | undefined, condition: (parameter: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    text += ` AND ${condition(`$${values.length}`)}`;
  };
  and(actor, (p) => `(actor_id = ${p} OR actor_email = lower(${p}))`);
  and(action, (p) => `(action = ${p} OR starts_with(action, ${p} || '.'))`);
  and(target, (p) => `target = ${p}`);
  and(from, (p) => `at >= ${p}::timestamptz`);
  and(to, (p) => `at < ${p}::timestamptz`);
  return { text, values };
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
