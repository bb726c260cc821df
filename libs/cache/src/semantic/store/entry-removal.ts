import { isUuid, RelayError, storable } from '@relay/core';
import { afterDeadlocks, BoundedReader } from '@relay/database';
import type { DataSource, EntityManager } from 'typeorm';
import { labelsNamed, type CacheSelector } from '../../domain/labels';

/** Entries that one statement removes: some 10 ms. */
const BATCH = 500;

/** TypeORM's answer to DELETE and UPDATE: rows, and how many were affected. */
type Affected = readonly [rows: readonly unknown[], count: number];

/**
 * With what shares the answer of a removed entry: an answer that is void is void for all. $1 id or null, $2 labels, $3 how many, $4 only
 * those of an older epoch, or null.
 */
const REMOVE_SQL = `
  WITH named AS (
    SELECT id FROM semantic_entries
    WHERE ($1::uuid IS NULL OR id = $1) AND labels @> $2::text[] AND ($4::bigint IS NULL OR epoch < $4)
    LIMIT $3 FOR UPDATE -- what somebody else removes meanwhile leaves room for others: none left is the end
  ), doomed AS (
    SELECT id FROM named UNION SELECT alias.id FROM semantic_entries alias JOIN named ON alias.alias_of = named.id
  )
  DELETE FROM semantic_entries WHERE id IN (SELECT id FROM doomed)`;

/** What REMOVE_SQL would remove in all its batches: $3 at most, $4 as there. */
const COUNT_SQL = `
  WITH named AS (
    SELECT id FROM semantic_entries
    WHERE ($1::uuid IS NULL OR id = $1) AND labels @> $2::text[] AND ($4::bigint IS NULL OR epoch < $4) LIMIT $3
  ), doomed AS (
    SELECT id FROM named UNION SELECT alias.id FROM semantic_entries alias JOIN named ON alias.alias_of = named.id
  )
  SELECT count(*)::int AS count FROM doomed`;
/** How long somebody waits to hear how many entries there are, and most that are counted. */
const COUNT_TIMEOUT_MS = 2_000;
const MAX_COUNTED = 50_000;

/** `atLeast`: not all was seen, in the time or within the bound. Rejects when the database is away. */
export async function countSelected(
  dataSource: DataSource,
  selector: CacheSelector,
  beforeEpoch: number | null,
): Promise<{ count: number; atLeast: boolean }> {
  const named = namedBy(selector);
  if (named === null) return { count: 0, atLeast: false };
  const values = [named.id, named.labels, MAX_COUNTED, beforeEpoch];
  try {
    const reader = new BoundedReader(dataSource);
    const [row] = await reader.read<{ count: number }>(COUNT_SQL, values, COUNT_TIMEOUT_MS);
    const count = row?.count ?? 0;
    return { count, atLeast: count >= MAX_COUNTED };
  } catch (error) {
    if (error instanceof RelayError) return { count: 0, atLeast: true }; // it took too long
    throw error;
  }
}

/** Hears of a batch in the transaction that removes it. */
export type OnBatch = (transaction: EntityManager, count: number) => Promise<void>;

export async function removeSelected(dataSource: DataSource, selector: CacheSelector): Promise<number> {
  let removed = 0;
  for await (const count of selectedBatches(dataSource, selector, null, async () => undefined)) removed += count;
  return removed;
}

/** As `removeSelected`, gives how many entries each batch had. `beforeEpoch`: only those whose request began before it; null: all. */
export async function* selectedBatches(
  dataSource: DataSource,
  selector: CacheSelector,
  beforeEpoch: number | null,
  onBatch: OnBatch,
): AsyncGenerator<number, void> {
  const named = namedBy(selector);
  if (named === null) return;
  const values = [named.id, named.labels, BATCH, beforeEpoch];
  for (;;) {
    const count = await afterDeadlocks(() =>
      dataSource.transaction(async (transaction) => {
        const [, gone] = await transaction.query<Affected>(REMOVE_SQL, values);
        await onBatch(transaction, gone);
        return gone;
      }),
    );
    if (count === 0) return;
    yield count;
  }
}

/** Null: nothing is. */
function namedBy(selector: CacheSelector): { id: string | null; labels: string[] } | null {
  const { entry, ...rest } = selector;
  const id = entry !== undefined && isUuid(entry) ? entry : null;
  const labels = labelsNamed(id === null ? selector : rest);
  return labels === null && id === null ? null : { id, labels: (labels ?? []).map(storable) };
}

/**
 * The answers of entries that go ($1) pass on to the aliases that stay: one of each, the one that stays longest ($2: now), keeps it for the others.
 * An alias of a quarantined answer that came while that was quarantined is so now. The labels of an answer go with it, however often it passes
 * on, those of other entries that had it do not: there would be more with each of them.
 */
const PASS_ON_SQL = `
  WITH heirs AS (
    SELECT DISTINCT ON (alias_of) alias_of AS dying, id AS heir FROM semantic_entries
    WHERE alias_of = ANY($1::uuid[]) AND id <> ALL($1::uuid[]) AND expires_at > $2
    ORDER BY alias_of, expires_at DESC, id
  )
  UPDATE semantic_entries entry SET
    alias_of = nullif(heir, entry.id),
    answer = CASE WHEN entry.id = heir THEN dead.answer END,
    answer_id = CASE WHEN entry.id = heir THEN dead.answer_id END,
    codec = CASE WHEN entry.id = heir THEN dead.codec END,
    labels = CASE WHEN entry.id = heir
      THEN entry.labels || ARRAY(SELECT unnest(coalesce(dead.answer_labels, dead.labels)) EXCEPT SELECT unnest(entry.labels))
      ELSE entry.labels END,
    answer_labels = CASE WHEN entry.id = heir THEN coalesce(dead.answer_labels, dead.labels) END,
    hidden = entry.hidden OR (entry.id = heir AND dead.hidden),
    record = CASE WHEN entry.id = heir THEN dead.record END,
    status = CASE WHEN dead.status = 'active' THEN entry.status ELSE dead.status END,
    served_model = dead.served_model, provider = dead.provider, source_trace = dead.source_trace, cost_usd = dead.cost_usd,
    epoch = least(entry.epoch, dead.epoch),
    bytes = entry.bytes + CASE WHEN entry.id = heir THEN length(dead.answer) ELSE 0 END
  FROM heirs JOIN semantic_entries dead ON dead.id = heirs.dying AND dead.answer IS NOT NULL
  WHERE entry.alias_of = heirs.dying AND entry.id <> ALL($1::uuid[])`;

const DELETE_SQL = 'DELETE FROM semantic_entries WHERE id = ANY($1::uuid[])';

/**
 * Removes the entries that `selectSql` gives (ids, locked), batch by batch until there are none or `most` are gone. Their answers pass on to
 * aliases. `selectSql` gets `values` and, as the last, how many it may give.
 */
export async function removeInBatches(
  dataSource: DataSource,
  selectSql: string,
  values: readonly unknown[],
  now: Date,
  most: number,
): Promise<number> {
  let removed = 0;
  while (removed < most) {
    const size = Math.min(BATCH, most - removed);
    const count = await dataSource.transaction(async (transaction) => {
      const rows = await transaction.query<{ id: string }[]>(selectSql, [...values, size]);
      return removeEntries(transaction, rows.map(({ id }) => id), now); // prettier-ignore
    });
    removed += count;
    if (count < size) break;
  }
  return removed;
}

async function removeEntries(transaction: EntityManager, ids: readonly string[], now: Date): Promise<number> {
  if (ids.length === 0) return 0;
  await transaction.query(PASS_ON_SQL, [ids, now]);
  const [, count] = await transaction.query<Affected>(DELETE_SQL, [ids]);
  return count;
}
