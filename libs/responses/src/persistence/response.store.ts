import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { DataSource } from 'typeorm';
import { idOf, outputItems } from '../domain/items';
import { isResponseId } from '../domain/response-id';
import type { FinalStatus, ResponseStatus } from '../domain/response-status';
import type { StoredResponse } from '../domain/stored-response';
import { CHAIN_SQL } from './chain.sql';
import { REFERRED_SQL } from './referred.sql';
import { itemIdsOf, RESPONSE_COLUMNS, ResponseSeal, type AnswerRow, type ResponseRow } from './response-seal';

/** A response that was answered while its client waited. */
export interface AnsweredResponse {
  readonly tenantId: string;
  readonly id: string;
  readonly keyId: string;
  readonly status: FinalStatus;
  readonly previousId: string | null;
  readonly asked: JsonObject;
  readonly answer: JsonObject;
}

export interface ChainBounds {
  readonly maxResponses: number;
  readonly maxBytes: number;
}

/** The responses that lead to one, oldest first; `isWhole`: up to the beginning of the conversation. */
export interface Chain {
  readonly responses: readonly StoredResponse[];
  readonly isWhole: boolean;
  /** A bound was met before the beginning. */
  readonly isTooLong: boolean;
}

/** The table `responses`. All of it by tenant: whatever another one has is as if it were not there. Everything rejects when the database is away. */
@Injectable()
export class ResponseStore {
  private readonly seal: ResponseSeal;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.seal = new ResponseSeal(environment);
  }

  async insert({ tenantId, id, keyId, status, previousId, asked, answer }: AnsweredResponse): Promise<void> {
    const question = await this.seal.close('asked', tenantId, id, asked);
    const reply = await this.seal.close('answer', tenantId, id, answer);
    await this.dataSource.query(
      `INSERT INTO responses (tenant_id, id, status, background, previous_id, asked, answer, bytes, item_ids, key_id, created_at)
       VALUES ($1, $2, $3, false, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[tenantId, id, status, previousId, question.stored, reply.stored, question.bytes + reply.bytes],
        ...[itemIdsOf(answer), keyId, new Date(this.clock.now())],
      ],
    );
  }

  /** Null: the tenant has no such response, or it does not open any more. */
  async find(tenantId: string, id: string): Promise<StoredResponse | null> {
    if (!isResponseId(id)) return null;
    const rows: ResponseRow[] = await this.dataSource.query(
      `SELECT ${RESPONSE_COLUMNS} FROM responses WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    );
    return rows[0] ? this.seal.open(tenantId, rows[0]) : null;
  }

  /** Null: the tenant has no such response. */
  async statusOf(tenantId: string, id: string): Promise<ResponseStatus | null> {
    const rows: { status: ResponseStatus }[] = await this.dataSource.query(
      'SELECT status FROM responses WHERE tenant_id = $1 AND id = $2',
      [tenantId, id],
    );
    return rows[0]?.status ?? null;
  }

  /** Responses of `id` and those before it. */
  async chain(tenantId: string, id: string, { maxResponses, maxBytes }: ChainBounds): Promise<Chain> {
    if (!isResponseId(id)) return { responses: [], isWhole: false, isTooLong: false };
    const rows: (ResponseRow & { depth: number; total: string })[] = await this.dataSource.query(CHAIN_SQL, [
      ...[tenantId, id, maxResponses, maxBytes],
    ]);
    const oldest = rows[0];
    const isTooLong =
      oldest !== undefined &&
      (Number(oldest.total) > maxBytes || (oldest.depth >= maxResponses && oldest.previous_id !== null));
    if (isTooLong) return { responses: [], isWhole: false, isTooLong };
    const opened = await Promise.all(rows.map((row) => this.seal.open(tenantId, row)));
    const responses = opened.filter((response) => response !== null);
    const isWhole = responses.length === rows.length && oldest?.previous_id === null;
    return { responses, isWhole, isTooLong };
  }

  /**
   * Items of earlier answers of the tenant, by id; the newest where several have the same. Null: the answers that they are in are more than
   * `maxBytes` together.
   */
  async items(
    tenantId: string,
    ids: readonly string[],
    maxBytes: number,
  ): Promise<ReadonlyMap<string, JsonObject> | null> {
    const wanted = new Set(ids);
    const rows: (AnswerRow | { readonly answer: null })[] = await this.dataSource.query(REFERRED_SQL, [
      ...[tenantId, [...wanted], maxBytes],
    ]);
    const found = new Map<string, JsonObject>();
    let left = maxBytes;
    for (const row of rows) {
      const opened = row.answer === null ? 'too-long' : await this.seal.openAnswer(tenantId, row, left);
      if (opened === 'too-long') return null;
      left -= opened?.bytes ?? 0;
      for (const item of opened ? outputItems(opened.value) : []) {
        const id = idOf(item);
        if (id !== null && wanted.has(id) && !found.has(id)) found.set(id, item);
      }
    }
    return found;
  }

  /** False: there was none. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    if (!isResponseId(id)) return false;
    const [, removed]: [unknown, number] = await this.dataSource.query(
      'DELETE FROM responses WHERE tenant_id = $1 AND id = $2',
      [tenantId, id],
    );
    return removed > 0;
  }
}
