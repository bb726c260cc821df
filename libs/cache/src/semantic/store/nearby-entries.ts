import type { DataSource } from 'typeorm';
import type { EntrySeal, KeptPrompt } from './entry-seal';
import { distance, inSpace, vectorSettings } from './nearest.sql';

/** Neighbours that are shown of an entry. */
const MAX_NEIGHBOURS = 10;
/** For somebody who waits before a screen; ms. */
const TIMEOUT_MS = 2_000;

const PLACE_COLUMNS = `entry.id, entry.scope_id, entry.exact_key, entry.prompt, entry.sealed_prompt, entry.hidden, entry.min_similarity,
  coalesce(entry.alias_of, entry.id) AS answer_of, entry.status, entry.expires_at`;

const ENTRY_SQL = `
  SELECT ${PLACE_COLUMNS}, entry.owner, entry.evidence, entry.embedder_id, entry.dimensions, entry.embedding::text AS vector,
    entry.source_trace
  FROM semantic_entries entry WHERE entry.id = $1`;

/** $4: now, $5: how many, $6: the entry itself. */
const nearbySql = (dimensions: number): string => `
  SELECT 1 - near.distance AS similarity, ${PLACE_COLUMNS} FROM (
    SELECT id, ${distance(dimensions)} AS distance FROM semantic_entries
    WHERE ${inSpace(dimensions)} AND status = 'active' AND expires_at > $4 AND id <> $6
    ORDER BY distance LIMIT $5
  ) near JOIN semantic_entries entry ON entry.id = near.id
  ORDER BY near.distance, entry.id`;

interface PlaceRow extends KeptPrompt {
  readonly id: string;
  readonly scope_id: string;
  readonly exact_key: string;
  readonly hidden: boolean;
  readonly min_similarity: number | null;
  readonly answer_of: string;
  readonly status: 'active' | 'quarantined';
  readonly expires_at: Date;
}

interface EntryRow extends PlaceRow {
  readonly owner: string;
  readonly evidence: string;
  readonly embedder_id: string;
  readonly dimensions: number;
  readonly vector: string;
  readonly source_trace: string;
}

/** An entry among others. */
export interface PlacedEntry {
  readonly id: string;
  readonly prompt: string | null; // null: hidden, or sealed with another key
  readonly minSimilarity: number | null;
  readonly answerOf: string; // id of the entry whose answer it has
  readonly inService: boolean;
}

export interface EntryNeighbours extends PlacedEntry {
  readonly owner: string;
  readonly evidence: string;
  readonly embedderId: string;
  readonly sourceTrace: string;
  /** Of the same scope and embedder, nearest first: those that a look-up could give. */
  readonly neighbours: readonly (PlacedEntry & { readonly similarity: number })[];
}

/** What is stored near an entry, for people: not counted as look-ups of requests, and no reason to pause these. */
export class NearbyEntries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: EntrySeal,
  ) {}

  async of(id: string, now: Date): Promise<EntryNeighbours | null> {
    return this.dataSource.transaction(async (transaction) => {
      await transaction.query(vectorSettings(TIMEOUT_MS));
      const [entry] = await transaction.query<EntryRow[]>(ENTRY_SQL, [id]);
      if (!entry) return null;
      const { scope_id, embedder_id, vector, dimensions, owner, evidence, source_trace } = entry;
      const values = [scope_id, embedder_id, vector, now, MAX_NEIGHBOURS, id];
      const rows = await transaction.query<(PlaceRow & { similarity: number })[]>(nearbySql(dimensions), values);
      return {
        ...this.placed(entry, now),
        ...{ owner, evidence, embedderId: embedder_id, sourceTrace: source_trace },
        neighbours: rows.map((row) => ({ ...this.placed(row, now), similarity: row.similarity })),
      };
    });
  }

  private placed(row: PlaceRow, now: Date): PlacedEntry {
    return {
      id: row.id,
      prompt: row.hidden
        ? null
        : (this.seal.openPrompt(row, { scopeId: row.scope_id, exactKey: row.exact_key }) ?? null),
      minSimilarity: row.min_similarity,
      answerOf: row.answer_of,
      inService: row.status === 'active' && row.expires_at > now,
    };
  }
}
