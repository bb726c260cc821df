import { distance, inSpace } from './nearest.sql';

/** Cosine from which two prompts count as the same one in other words. */
const NEAR_DUPLICATE_SIMILARITY = 0.97;

/**
 * How crowded the place of a new entry is: $4 API key, $5 exact key of the new entry, $6 how many of the nearest are looked at.
 * The key is compared afterwards: an index would be walked to its end in search of entries of a key that has few.
 */
export const crowdSql = (dimensions: number): string => `
  SELECT count(*)::int AS near, (count(*) FILTER (WHERE key_id = $4))::int AS own
  FROM (
    SELECT key_id, exact_key, ${distance(dimensions)} AS distance FROM semantic_entries
    WHERE ${inSpace(dimensions)} ORDER BY distance LIMIT $6
  ) nearest
  WHERE distance <= ${1 - NEAR_DUPLICATE_SIMILARITY} AND exact_key <> $5`;

/** The entry that holds the answer of $1, in scope $2, if it may be shared at $4; not the entry of the exact key $3 itself. It stays as it is until the transaction ends; it may have become an alias while its row was waited for. */
export const SHARED_ANSWER_SQL = `
  SELECT id FROM semantic_entries
  WHERE id = (SELECT coalesce(alias_of, id) FROM semantic_entries WHERE id = $1 AND scope_id = $2)
    AND scope_id = $2 AND exact_key <> $3 AND status = 'active' AND expires_at > $4 AND alias_of IS NULL
  FOR SHARE`;

/** In the order of `valuesOf`. */
const COLUMNS = [
  'id',
  'scope_id',
  'owner',
  'evidence',
  'embedder_id',
  'dimensions',
  'embedding',
  'embedder_regions',
  'prompt',
  'sealed_prompt',
  'hidden',
  'answer',
  'answer_id',
  'codec',
  'exact_key',
  'key_id',
  'labels',
  'alias_of',
  'model',
  'served_model',
  'provider',
  'source_trace',
  'cost_usd',
  'created_at',
  'expires_at',
  'stale_until',
  'epoch',
  'bytes',
] as const;

type EntryColumn = (typeof COLUMNS)[number];
export type EntryValues = Readonly<Record<EntryColumn, unknown>>;

/** What a request's entry keeps when a later answer takes its place: who points to it, and, of the same embedder, what was learned about its prompt. Not the record of the answer that goes. */
const KEPT: readonly EntryColumn[] = ['id', 'scope_id', 'exact_key'];
const replaced = COLUMNS.filter((column) => !KEPT.includes(column)).map((column) => `${column} = excluded.${column}`);

const given = COLUMNS.map((column, i) => `$${i + 1}${column === 'embedding' ? '::vector::halfvec' : ''}`);

/** No row: the request's entry is quarantined. The last parameter is now. */
export const UPSERT_SQL = `
  INSERT INTO semantic_entries (${COLUMNS.join(', ')}) VALUES (${given.join(', ')})
  ON CONFLICT (scope_id, exact_key) DO UPDATE SET ${replaced.join(', ')}, answer_labels = NULL, status = 'active', record = NULL,
    min_similarity = CASE WHEN semantic_entries.embedder_id = excluded.embedder_id THEN semantic_entries.min_similarity END
  WHERE semantic_entries.status = 'active' OR semantic_entries.expires_at <= $${COLUMNS.length + 1}
  RETURNING id`;

export const upsertValues = (values: EntryValues, now: Date): unknown[] => [
  ...COLUMNS.map((column) => values[column]),
  now,
];

/** Entries that shared the answer of $1, which is now itself an alias of $2. */
export const MOVE_ALIASES_SQL = 'UPDATE semantic_entries SET alias_of = $2 WHERE alias_of = $1';
