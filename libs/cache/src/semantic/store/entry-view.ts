import type { CacheEntryView } from '@relay/contracts';
import { readLabels } from '../../domain/labels';
import type { KeptPrompt } from './entry-seal';

/** Of `entry`, and of `source`, the entry whose answer it has: itself, or the one that it is an alias of. */
export const VIEW_COLUMNS = `entry.id, entry.scope_id, entry.exact_key, entry.owner, entry.labels, entry.model, entry.prompt, entry.sealed_prompt, entry.hidden,
  source.served_model, source.provider, source.source_trace, source.cost_usd, entry.created_at, entry.expires_at, entry.bytes, entry.status,
  entry.alias_of, entry.min_similarity, coalesce(hit.hits, 0) AS hits`;

export const VIEW_TABLES = `semantic_entries entry
  JOIN semantic_entries source ON source.id = coalesce(entry.alias_of, entry.id)
  LEFT JOIN semantic_hits hit ON hit.entry_id = entry.id`;

export interface ViewRow extends KeptPrompt {
  readonly id: string;
  readonly scope_id: string;
  readonly exact_key: string;
  readonly owner: string;
  readonly labels: string[];
  readonly hidden: boolean;
  readonly model: string | null;
  readonly served_model: string;
  readonly provider: string;
  readonly source_trace: string;
  readonly cost_usd: string | null; // numeric
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly bytes: number;
  readonly status: 'active' | 'quarantined';
  readonly alias_of: string | null;
  readonly min_similarity: number | null;
  readonly hits: string; // bigint
}

export function toView(row: ViewRow, prompt: string | undefined, answer: string | null): CacheEntryView {
  return {
    id: row.id,
    kind: 'semantic',
    owner: row.owner,
    tags: [...readLabels(row.labels).tags],
    model: row.model,
    servedModel: row.served_model,
    provider: row.provider,
    sourceTrace: row.source_trace,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    bytes: row.bytes,
    costUsd: row.cost_usd,
    hits: Number(row.hits),
    status: row.status,
    prompt: prompt ?? null,
    answer,
    aliasOf: row.alias_of,
    minSimilarity: row.min_similarity,
  };
}
