import { randomUUID } from 'node:crypto';
import type { ConfigStore } from '@relay/config';
import { newTraceId, storable, type Clock } from '@relay/core';
import type { DataSource, EntityManager } from 'typeorm';
import { readLabels } from '../../domain/labels';
import type { EntrySeal } from './entry-seal';
import { InsertLanes } from './insert-lanes';
import { InsertRate } from './insert-rate';
import {
  crowdSql,
  MOVE_ALIASES_SQL,
  SHARED_ANSWER_SQL,
  UPSERT_SQL,
  upsertValues,
  type EntryValues,
} from './insert.sql';
import { vectorSettings } from './nearest.sql';
import type { InsertOutcome, InsertRefusal, NewEntry } from './stored-entry';
import { vectorBytes } from './vector-bytes';

const MAX_PROMPT_BYTES = 65_536;
const HALF_BYTES = 2; // of a number in a halfvec
/** A statement of an insert; they run in the background. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** Neighbours that are looked at for each near-duplicate of a key that is allowed: with those of so many keys around it a prompt is crowded. */
const CROWD_FACTOR = 10;
const MAX_CROWD = 1_000;

interface Crowd {
  readonly near: number; // near-duplicates of any key
  readonly own: number; // of this key
}

/** Stores entries, within limits that keep one API key from filling a scope with its own answers. */
export class EntryInserter {
  inserts = 0;
  readonly refused: Record<InsertRefusal, number> = {
    rate: 0,
    near_duplicates: 0,
    too_large: 0,
    quarantined: 0,
    invalid: 0,
    busy: 0,
  };
  private readonly rate = new InsertRate();
  private readonly lanes = new InsertLanes();

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: ConfigStore,
    private readonly seal: EntrySeal,
    private readonly clock: Clock,
  ) {}

  async insert(entry: NewEntry): Promise<InsertOutcome> {
    const { maxEntryBytes, semantic } = this.config.current.cache;
    const vector = vectorBytes(entry.vector);
    if (vector === null) return this.refuse('invalid');
    if (entry.answer.body.length > maxEntryBytes || Buffer.byteLength(entry.prompt) > MAX_PROMPT_BYTES)
      return this.refuse('too_large');
    if (!this.rate.take(entry.keyId, semantic.maxInsertsPerKeyPerMinute, this.clock.now())) return this.refuse('rate');
    const bytes = entry.answer.body.length + Buffer.byteLength(entry.prompt) + vector.length;
    const work = () => this.store(entry, vector, semantic.maxNearDuplicates);
    const stored = await this.lanes.run(entry.keyId, bytes, work);
    if (stored === null) return this.refuse('busy');
    if ('reason' in stored) return this.refuse(stored.reason);
    this.inserts++;
    return { kind: 'stored', entryId: stored.id };
  }

  private refuse(reason: InsertRefusal): InsertOutcome {
    this.refused[reason]++;
    return { kind: 'refused', reason };
  }

  private async store(
    entry: NewEntry,
    vector: Buffer,
    maxNearDuplicates: number,
  ): Promise<{ id: string } | { reason: InsertRefusal }> {
    const now = new Date(this.clock.now());
    const answerId = randomUUID();
    const answer = await this.seal.closeAnswer(entry.scope.scopeId, answerId, entry.answer); // not while the connection is held
    return this.dataSource.transaction(async (transaction) => {
      await transaction.query(vectorSettings(STATEMENT_TIMEOUT_MS));
      if (await this.isCrowded(transaction, entry, vector, maxNearDuplicates)) return { reason: 'near_duplicates' };
      const aliasOf = await sharedAnswer(transaction, entry, now);
      const values = this.valuesOf(entry, vector, aliasOf, { answer, answerId });
      const [row] = await transaction.query<{ id: string }[]>(UPSERT_SQL, upsertValues(values, now));
      if (!row) return { reason: 'quarantined' };
      if (aliasOf !== null) await transaction.query(MOVE_ALIASES_SQL, [row.id, aliasOf]);
      return row;
    });
  }

  private async isCrowded(
    transaction: EntityManager,
    { scope, embedderId, keyId, exactKey, vector: { length } }: NewEntry,
    vector: Buffer,
    allowed: number,
  ): Promise<boolean> {
    const most = Math.min(MAX_CROWD, allowed * CROWD_FACTOR);
    const values = [scope.scopeId, embedderId, vector, storable(keyId), exactKey, most];
    const [crowd] = await transaction.query<Crowd[]>(crowdSql(length), values);
    return crowd !== undefined && (crowd.own >= allowed || crowd.near >= most);
  }

  private valuesOf(
    { scope, embedderId, embedderRegions, prompt, hidden, answer, exactKey, keyId, vector: { length } }: NewEntry,
    embedding: Buffer,
    aliasOf: string | null,
    kept: { readonly answer: Buffer; readonly answerId: string },
  ): EntryValues {
    const closed = this.seal.closePrompt(prompt, { scopeId: scope.scopeId, exactKey });
    const own = aliasOf === null;
    const promptBytes = closed.sealed_prompt?.length ?? Buffer.byteLength(closed.prompt ?? '');
    return {
      ...closed,
      id: newTraceId(this.clock.now()),
      scope_id: scope.scopeId,
      owner: storable(scope.owner),
      evidence: storable(scope.evidence),
      embedder_id: embedderId,
      dimensions: length,
      embedding,
      embedder_regions: embedderRegions,
      hidden,
      answer: own ? kept.answer : null,
      answer_id: own ? kept.answerId : null,
      codec: own ? kept.answer.readUInt8(1) : null, // its second byte, see EntryCodec
      exact_key: exactKey,
      key_id: storable(keyId),
      labels: answer.labels.map(storable),
      alias_of: aliasOf,
      model: asked(answer.labels),
      served_model: storable(answer.servedModel),
      provider: storable(answer.provider),
      source_trace: storable(answer.sourceTraceId),
      cost_usd: answer.costUsd,
      created_at: new Date(answer.createdAt),
      expires_at: new Date(answer.expiresAt),
      stale_until: new Date(answer.staleUntil),
      epoch: Math.floor(answer.epoch),
      bytes: promptBytes + length * HALF_BYTES + (own ? kept.answer.length : 0),
    };
  }
}

async function sharedAnswer(
  transaction: EntityManager,
  { aliasOf, scope, exactKey }: NewEntry,
  now: Date,
): Promise<string | null> {
  if (aliasOf === null) return null;
  const [source] = await transaction.query<{ id: string }[]>(SHARED_ANSWER_SQL, [
    aliasOf,
    scope.scopeId,
    exactKey,
    now,
  ]);
  return source?.id ?? null;
}

function asked(labels: readonly string[]): string | null {
  const { model } = readLabels(labels);
  return model === null ? null : storable(model);
}
