import { createHash } from 'node:crypto';
import { ConfigStore, environmentSchema, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import type { FakeClock } from '@relay/testing';
import type { DataSource } from 'typeorm';
import type { CachedAnswer } from '../src/domain/cached-answer';
import { cachedAnswer } from './cached-answer.builder';
import { SemanticStore } from '../src/semantic/store/semantic-store';
import type { InsertOutcome, NewEntry } from '../src/semantic/store/stored-entry';

export const EMBEDDER = 'test/embedder@1';
export const DIMENSIONS = 8;
const HOUR_MS = 3_600_000;
let count = 0; // of prompts that were made up: no two are the same

export interface StoreSettings {
  readonly maxEntriesPerOwner?: number;
  readonly maxInsertsPerKeyPerMinute?: number;
  readonly maxNearDuplicates?: number;
}

/** What a test wants to be special about an entry; all else is made up. */
export interface EntryWish {
  readonly owner?: string;
  readonly scope?: string; // name; the id is made of it and the owner
  readonly embedderId?: string;
  readonly vector?: Float32Array;
  readonly prompt?: string;
  readonly embedderRegions?: readonly string[] | null;
  readonly hidden?: boolean;
  readonly says?: string;
  readonly exactKey?: string;
  readonly keyId?: string;
  readonly aliasOf?: string | null;
  readonly labels?: readonly string[];
  readonly ttlMs?: number;
  readonly epoch?: number;
}

export const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
export const scopeIdOf = (owner = 't:acme', scope = 'main'): string => hex(`${owner} ${scope}`);

/** A unit vector at an angle in the plane of the first two axes: the cosine of two is that of the angle between them. */
export function at(degrees: number, dimensions = DIMENSIONS): Float32Array {
  const vector = new Float32Array(dimensions);
  vector[0] = Math.cos((degrees * Math.PI) / 180);
  vector[1] = Math.sin((degrees * Math.PI) / 180);
  return vector;
}

/** A store with limits and a clock of its own on a database that others may use too. */
export class StoreKit {
  readonly store: SemanticStore;
  readonly config: ConfigStore;

  constructor(
    readonly dataSource: DataSource,
    readonly clock: FakeClock,
    settings: StoreSettings = {},
    environment: Record<string, string> = {},
  ) {
    const parsed = relayConfigSchema.parse({ cache: { semantic: settings, maxEntryBytes: 100_000 } });
    const config = { ...parsed, policy: policyDocumentSchema.parse({ name: 'none', version: 1 }) };
    this.config = new ConfigStore(config, 'test');
    this.store = new SemanticStore(dataSource, this.config, environmentSchema.parse(environment), clock);
  }

  insert(wish: EntryWish = {}): Promise<InsertOutcome> {
    return this.store.insert(this.entry(wish));
  }

  /** Gives the id. Throws for a refusal. */
  async stored(wish: EntryWish = {}): Promise<string> {
    const outcome = await this.insert(wish);
    if (outcome.kind === 'stored') return outcome.entryId;
    throw new Error(`refused: ${outcome.reason}`);
  }

  /** What the neighbours say, best first. */
  async found(wish: Pick<EntryWish, 'owner' | 'scope' | 'embedderId' | 'vector'> = {}, limit = 5): Promise<string[]> {
    const neighbours = await this.nearest(wish, limit);
    return neighbours.map(({ answer }) => saidIn(answer.body));
  }

  nearest({ owner, scope, embedderId = EMBEDDER, vector = at(0) }: EntryWish = {}, limit = 5) {
    return this.store.nearest({ scopeId: scopeIdOf(owner, scope), embedderId, vector, limit, now: this.clock.now() });
  }

  entry(wish: EntryWish): NewEntry {
    const { owner = 't:acme', embedderId = EMBEDDER, vector = at(0), keyId = 'key-1', aliasOf = null } = wish;
    const { embedderRegions = null, hidden = false } = wish;
    const prompt = wish.prompt ?? `question ${count++}`;
    return {
      scope: { scopeId: scopeIdOf(owner, wish.scope), owner, evidence: `${owner} default` },
      embedderId,
      vector,
      prompt,
      embedderRegions,
      hidden,
      answer: this.answer(wish, wish.says ?? `answer to ${prompt}`),
      exactKey: wish.exactKey ?? hex(prompt),
      keyId,
      aliasOf,
    };
  }

  private answer({ labels, ttlMs = HOUR_MS, epoch = 0 }: EntryWish, says: string): CachedAnswer {
    const body = JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: says } }] });
    const createdAt = this.clock.now();
    return cachedAnswer({
      body: Buffer.from(body),
      createdAt,
      expiresAt: createdAt + ttlMs,
      epoch,
      ...(labels && { labels }),
    });
  }
}

function saidIn(body: Buffer): string {
  const { choices } = JSON.parse(body.toString()) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? '';
}
