import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, err, ok, RelayError, type Clock, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { DataSource } from 'typeorm';
import { isResponseId } from '../domain/response-id';
import type { FinalStatus } from '../domain/response-status';
import type { StoredResponse } from '../domain/stored-response';
import { itemIdsOf, RESPONSE_COLUMNS, ResponseSeal, type ResponseRow } from '../persistence/response-seal';

/** Of one tenant, not ended yet. */
const MAX_OPEN = 1_000;
const RETRY_AFTER_SECONDS = 10;
/** An Idempotency-Key stands for its order so long, as elsewhere. */
const ONCE_MS = 86_400_000;
/** One that has not come about after so long is of no use to anybody. */
const EXPIRES_AFTER_MS = 86_400_000;
/** Whoever works on one renews its lease far more often. */
export const LEASE_MS = 15_000;
/** Orders of one tenant take turns on an advisory lock of this kind ("RESP" in ASCII): they are counted before one is added. */
const ORDER_LOCK = 0x52455350;
const OPEN = `status IN ('queued', 'in_progress')`;
/** By the database's clock: those of processes differ. */
const LEASE_END = `now() + interval '${LEASE_MS} milliseconds'`;
const UNLEASED = 'owner = NULL, leased_until = NULL';

/** The Idempotency-Key of an order, and a hash of what was ordered under it. */
export interface OrderOnce {
  readonly key: string;
  readonly print: string;
}

/** A response to be made when somebody finds the time. */
export interface OrderedResponse {
  readonly tenantId: string;
  readonly id: string;
  readonly keyId: string;
  readonly previousId: string | null;
  readonly asked: JsonObject;
  /** The response object as it is until then. */
  readonly answer: JsonObject;
  /** Of the request, names in lower case: those that say how it is to be served. */
  readonly headers: Readonly<Record<string, string>>;
  readonly once: OrderOnce | null;
}

/** One that somebody works on. */
export interface ClaimedResponse {
  readonly response: StoredResponse;
  readonly tenantId: string;
  readonly keyId: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How often it was begun, this time included. */
  readonly attempts: number;
  readonly isExpired: boolean;
}

export interface ResponseName {
  readonly tenantId: string;
  readonly id: string;
}

type ClaimedRow = ResponseRow & {
  readonly key_id: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly attempts: number;
  readonly expires_at: Date;
};

/**
 * How far responses in the background are, in the table `responses`. A lease says who works on one; each ends exactly once, since only
 * who holds the lease may end it, or whoever cancels it. Everything rejects when the database is away.
 */
@Injectable()
export class BackgroundStore {
  private readonly logger = new Logger(BackgroundStore.name);
  private readonly seal: ResponseSeal;
  private hasToldSealed = false;
  private readonly ended: Record<FinalStatus, number> = { completed: 0, incomplete: 0, failed: 0, cancelled: 0 };

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.seal = new ResponseSeal(environment);
  }

  /** How many ended by this process since its start. */
  stats(): Readonly<Record<FinalStatus, number>> {
    return this.ended;
  }

  /**
   * How many of the tenant had not ended before. Error: `overloaded` for too many, or more than `maxBytes` of them together; one is always
   * taken. The same where its key has ordered one with the same Idempotency-Key (`findOnce`).
   */
  async order(ordered: OrderedResponse, maxBytes: number): Promise<Result<number, RelayError>> {
    const { tenantId, id, keyId, previousId, asked, answer, headers, once } = ordered;
    const question = await this.seal.close('asked', tenantId, id, asked);
    const reply = await this.seal.close('answer', tenantId, id, answer);
    const now = this.clock.now();
    const rows: { open: number }[] = await this.inTurn(
      tenantId,
      `WITH open AS (SELECT count(*)::int AS n, coalesce(sum(bytes), 0) AS bytes FROM responses WHERE tenant_id = $1 AND ${OPEN})
       INSERT INTO responses (tenant_id, id, status, background, previous_id, asked, answer, bytes, item_ids, key_id, headers, expires_at, created_at, once_key, once_print)
       SELECT $1, $2, 'queued', true, $3, $4, $5, $6::int, '{}', $7, $8::jsonb, $9::timestamptz, $10::timestamptz, $12::text, $13::text
       FROM open WHERE (n = 0 OR (n < ${MAX_OPEN} AND bytes + $6::int <= $11::bigint))
         AND NOT EXISTS (SELECT 1 FROM responses WHERE tenant_id = $1 AND key_id = $7 AND once_key = $12 AND created_at > $14::timestamptz)
       RETURNING (SELECT n FROM open) AS open`,
      [
        ...[tenantId, id, previousId, question.stored, reply.stored, question.bytes + reply.bytes, keyId],
        ...[JSON.stringify(headers), new Date(now + EXPIRES_AFTER_MS), new Date(now), maxBytes],
        ...[once?.key ?? null, once?.print ?? null, new Date(now - ONCE_MS)],
      ],
    );
    return rows[0] ? ok(rows[0].open) : err(tooManyOpen(maxBytes));
  }

  /** What the key has ordered with the same Idempotency-Key within a day; null: nothing. */
  async findOnce(tenantId: string, keyId: string, { key }: OrderOnce): Promise<{ id: string; print: string } | null> {
    const rows: { id: string; print: string }[] = await this.dataSource.query(
      `SELECT id, once_print AS print FROM responses
       WHERE tenant_id = $1 AND key_id = $2 AND once_key = $3 AND created_at > $4::timestamptz`,
      [tenantId, keyId, key, new Date(this.clock.now() - ONCE_MS)],
    );
    return rows[0] ?? null;
  }

  /** Takes one up. `ended`: nothing to do; `held`: another process works on it, as far as is known. */
  async claim({ tenantId, id }: ResponseName, owner: string): Promise<ClaimedResponse | 'ended' | 'held'> {
    const [rows]: [ClaimedRow[], number] = await this.dataSource.query(
      `UPDATE responses SET status = 'in_progress', owner = $3, leased_until = ${LEASE_END}, attempts = attempts + 1
       WHERE tenant_id = $1 AND id = $2 AND ${OPEN} AND (leased_until IS NULL OR leased_until <= now())
       RETURNING ${RESPONSE_COLUMNS}, key_id, headers, attempts, expires_at`,
      [tenantId, id, owner],
    );
    const row = rows[0];
    if (row === undefined) return (await this.isOpen({ tenantId, id })) ? 'held' : 'ended';
    const response = await this.seal.open(tenantId, row);
    const { key_id: keyId, headers, attempts, expires_at: expiresAt } = row;
    const isExpired = expiresAt.getTime() <= this.clock.now();
    if (response === null)
      return isExpired ? this.giveUpSealed({ tenantId, id }) : this.leaveSealed({ tenantId, id }, owner);
    return { response, tenantId, keyId, headers: headers ?? {}, attempts, isExpired };
  }

  /**
   * Renews the owner's leases of these, and tells which it has: all others were cancelled, removed or lost. What it does not name runs
   * out, as nobody works on it.
   */
  async renew(owner: string, names: readonly ResponseName[]): Promise<ResponseName[]> {
    const [rows]: [ResponseName[], number] = await this.dataSource.query(
      `UPDATE responses r SET leased_until = ${LEASE_END} FROM unnest($2::text[], $3::text[]) AS held(tenant_id, id)
       WHERE r.tenant_id = held.tenant_id AND r.id = held.id AND r.owner = $1 AND r.status = 'in_progress'
       RETURNING r.tenant_id AS "tenantId", r.id`,
      [owner, names.map(({ tenantId }) => tenantId), names.map(({ id }) => id)],
    );
    return rows;
  }

  /** False: the lease was lost, or somebody cancelled it; then nothing changes. */
  async finish(
    { tenantId, response }: ClaimedResponse,
    owner: string,
    status: FinalStatus,
    answer: JsonObject,
  ): Promise<boolean> {
    const { id } = response;
    const reply = await this.seal.close('answer', tenantId, id, answer);
    const before = Buffer.byteLength(JSON.stringify(response.answer));
    const [, changed]: [unknown, number] = await this.dataSource.query(
      `UPDATE responses SET status = $4, answer = $5, bytes = bytes + $6::int, item_ids = $7, headers = NULL, ${UNLEASED}
       WHERE tenant_id = $1 AND id = $2 AND owner = $3 AND status = 'in_progress'`,
      [tenantId, id, owner, status, reply.stored, reply.bytes - before, itemIdsOf(answer)],
    );
    if (changed > 0) this.ended[status]++;
    return changed > 0;
  }

  /** Back into the line, as if it had not been begun. */
  async release({ tenantId, response }: ClaimedResponse, owner: string): Promise<void> {
    await this.putBack({ tenantId, id: response.id }, owner);
  }

  private async putBack({ tenantId, id }: ResponseName, owner: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE responses SET status = 'queued', attempts = attempts - 1, ${UNLEASED}
       WHERE tenant_id = $1 AND id = $2 AND owner = $3 AND status = 'in_progress'`,
      [tenantId, id, owner],
    );
  }

  /** False: there is none that has not ended. */
  async cancel({ tenantId, id }: ResponseName): Promise<boolean> {
    if (!isResponseId(id)) return false;
    const [, changed]: [unknown, number] = await this.dataSource.query(
      `UPDATE responses SET status = 'cancelled', headers = NULL, ${UNLEASED}
       WHERE tenant_id = $1 AND id = $2 AND background AND ${OPEN}`,
      [tenantId, id],
    );
    if (changed > 0) this.ended.cancelled++;
    return changed > 0;
  }

  private inTurn<T>(tenantId: string, statement: string, parameters: unknown[]): Promise<T> {
    return this.dataSource.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1::int, hashtext($2))', [ORDER_LOCK, tenantId]);
      return transaction.query(statement, parameters);
    });
  }

  private async isOpen({ tenantId, id }: ResponseName): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM responses WHERE tenant_id = $1 AND id = $2 AND ${OPEN}`,
      [tenantId, id],
    );
    return rows.length > 0;
  }

  /** Back into the line as if nobody had begun: another process may have the key that this one lacks. Said once: it comes back every 5 s. */
  private async leaveSealed({ tenantId, id }: ResponseName, owner: string): Promise<'held'> {
    if (!this.hasToldSealed)
      this.logger.error(
        `The response ${id} cannot be made here: it is sealed with another RELAY_ENCRYPTION_KEY than this process has. It waits for one that has it, and so does every other of this kind.`,
      );
    this.hasToldSealed = true;
    await this.putBack({ tenantId, id }, owner);
    return 'held';
  }

  /** What was asked does not open any more: nobody can answer it, or read that it failed. */
  private async giveUpSealed({ tenantId, id }: ResponseName): Promise<'ended'> {
    await this.dataSource.query(
      `UPDATE responses SET status = 'failed', ${UNLEASED} WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    );
    return 'ended';
  }
}

const tooManyOpen = (maxBytes: number): RelayError =>
  new RelayError(
    'overloaded',
    `Of responses in the background that have not ended, a tenant may have ${MAX_OPEN}, and ${maxBytes} bytes together.`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
