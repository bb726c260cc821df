import { createHash } from 'node:crypto';
import type { CachedAnswer, SemanticStore } from '@relay/cache';
import type { DataSource } from 'typeorm';

export const EMBEDDER = 'bench/mixture@1';
const ROWS_A_STATEMENT = 1_000;
const DAY_MS = 86_400_000;
/** Look-ups are made as of so long after the entries were stored: a tenth of them has expired then, the first of a tenant never. */
export const ASKED_AFTER_MS = 2 * DAY_MS;
const LIVES_MS = 30 * DAY_MS;
export const isExpired = (number: number): boolean => number % 10 === 9;

type NewEntry = Parameters<SemanticStore['insert']>[0];

/** One tenant with one scope and what it has stored. */
export interface Tenant {
  readonly id: string;
  readonly scope: NewEntry['scope'];
  readonly vectors: readonly Float32Array[];
}

export function newTenant(name: string, vectors: readonly Float32Array[]): Tenant {
  const owner = `t:${name}`;
  const scopeId = createHash('sha256').update(owner).digest('hex');
  return { id: name, scope: { scopeId, owner, evidence: owner }, vectors };
}

/** An entry as a request stores it: a prompt of 60 characters, an answer of 900. */
export function entryOf({ id, scope }: Tenant, vector: Float32Array, number: number): NewEntry {
  return {
    scope,
    embedderId: EMBEDDER,
    vector,
    prompt: promptOf(number),
    embedderRegions: null,
    hidden: false,
    answer: answerOf(`${id} ${number}`),
    exactKey: createHash('sha256').update(`${id} ${number}`).digest('hex'),
    keyId: `key-${number}`,
    aliasOf: null,
  };
}

export const promptOf = (number: number): string =>
  `How do I get help with a matter like that of case number ${number}?`;
export const numberIn = (prompt: string): number => Number(/\d+/.exec(prompt)?.[0]);

function answerOf(text: string): CachedAnswer {
  const now = Date.now();
  const content = Array.from({ length: 12 }, (_, i) => createHash('sha256').update(`${text} ${i}`).digest('hex')).join(
    ' ',
  );
  return {
    body: Buffer.from(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content } }] })),
    ...{
      status: 200,
      errorCode: null,
      createdAt: now,
      expiresAt: now + LIVES_MS,
      staleUntil: now + LIVES_MS,
      epoch: 0,
    },
    labels: ['tenant:bench', 'version:1', 'model:small'],
    ...{ sourceTraceId: 'trace', servedModel: 'small', provider: 'bench', costUsd: '0.000125' },
    ...{ inputTokens: 100, cachedInputTokens: null, outputTokens: 200, ttftMs: null, tookMs: 900 },
  };
}

/**
 * The store itself writes the first entry of each tenant; the others are copies of its row with vectors, prompts and keys of their own. Inserting
 * them all one by one is measured on a part of them.
 */
export async function fill(dataSource: DataSource, store: SemanticStore, tenant: Tenant): Promise<void> {
  const [first, ...rest] = tenant.vectors;
  if (!first) return;
  const stored = await store.insert(entryOf(tenant, first, 0));
  if (stored.kind === 'refused') throw new Error(`the first entry of ${tenant.id} was refused: ${stored.reason}`);
  for (let from = 0; from < rest.length; from += ROWS_A_STATEMENT) {
    const vectors = rest.slice(from, from + ROWS_A_STATEMENT);
    const numbers = vectors.map((_, i) => from + i + 1);
    await dataSource.query(COPY_SQL, [
      stored.entryId,
      vectors.map((vector) => `[${vector.join(',')}]`),
      numbers.map(promptOf),
      numbers.map((number) => entryOf(tenant, first, number).exactKey),
      numbers.map((number) => new Date(Date.now() + (isExpired(number) ? DAY_MS : LIVES_MS)).toISOString()),
    ]);
  }
}

const COPY_SQL = `
  INSERT INTO semantic_entries (id, scope_id, owner, evidence, embedder_id, dimensions, embedding, prompt, answer, answer_id, codec, exact_key, key_id,
    labels, model, served_model, provider, source_trace, cost_usd, created_at, expires_at, stale_until, epoch, bytes)
  SELECT gen_random_uuid(), scope_id, owner, evidence, embedder_id, dimensions, copy.embedding::halfvec, copy.prompt, answer, answer_id, codec, copy.exact_key,
    key_id, labels, model, served_model, provider, source_trace, cost_usd, created_at, copy.expires_at, copy.expires_at, epoch, bytes
  FROM semantic_entries, unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS copy (embedding, prompt, exact_key, expires_at)
  WHERE id = $1`;
