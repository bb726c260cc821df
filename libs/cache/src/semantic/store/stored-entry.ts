import type { CacheEntryQuery } from '@relay/contracts';
import type { CachedAnswer } from '../../domain/cached-answer';
import type { SemanticScope } from '../../domain/semantic/semantic-model';

/** Where to look and for what. */
export interface NearestQuery {
  readonly scopeId: string;
  readonly embedderId: string;
  readonly vector: Float32Array; // of length 1
  readonly limit: number; // 1 to 100
  readonly now: number; // ms since the epoch
}

/** An answer that is to be found by the meaning of its prompt. */
export interface NewEntry {
  readonly scope: SemanticScope;
  readonly embedderId: string;
  readonly vector: Float32Array; // of length 1
  /** The last user turn. NUL characters and lone surrogates are stored as U+FFFD. */
  readonly prompt: string;
  readonly answer: CachedAnswer;
  /** Regions of embedders over HTTP that may see the prompt; null: any. */
  readonly embedderRegions: readonly string[] | null;
  /** The exact key of the request: a later answer to the same request takes the place of this one. */
  readonly exactKey: string;
  /** Served as others, but nobody is shown prompt and answer. */
  readonly hidden: boolean;
  /** Id of the API key that the request came with. */
  readonly keyId: string;
  /** An entry whose answer says the same: the new entry gets that answer, and `answer` is not kept. */
  readonly aliasOf: string | null;
}

/**
 * Why nothing was stored: `rate` - the API key had its inserts of this minute; `near_duplicates` - it has crowded this prompt with
 * others; `too_large` - prompt or answer; `quarantined` - the request's entry was marked bad and has not expired yet; `invalid` - a
 * vector that no index takes; `busy` - too many inserts of this process wait.
 */
export type InsertRefusal = 'rate' | 'near_duplicates' | 'too_large' | 'quarantined' | 'invalid' | 'busy';

export type InsertOutcome =
  | { readonly kind: 'stored'; readonly entryId: string } // a UUID
  | { readonly kind: 'refused'; readonly reason: InsertRefusal };

/** What labels need to know of an entry that was taken out of service. */
export interface QuarantinedEntry {
  readonly owner: string;
  readonly evidence: string;
  readonly embedderId: string;
  /** Entries that were served until now and share its answer, itself included; 0: it was out of service already. */
  readonly entries: number;
}

/** A page of the list; `tenant` limits it to entries that carry the label `tenant:<id>`. */
export type EntryListQuery = Pick<CacheEntryQuery, 'limit' | 'cursor' | 'tenant' | 'model' | 'status' | 'q'>;

export interface OwnerCount {
  readonly owner: string;
  readonly active: number;
  readonly quarantined: number;
}

/** What one round of maintenance did. */
export interface MaintenanceReport {
  readonly expired: number;
  readonly evicted: number; // beyond cache.semantic.maxEntriesPerOwner
  readonly unreadable: number; // written in a format of another version
  readonly indexesBuilt: number;
  readonly indexesDropped: number;
  /** Another process is at it: nothing was done. */
  readonly skipped: boolean;
}

/** Counts since the start of the process. */
export interface SemanticStoreStats {
  readonly lookUps: number;
  readonly failedLookUps: number; // rejected: database away, too slow, or too many at once
  /** Entries that were found and passed over: sealed with another key, or garbage. */
  readonly unreadable: number;
  readonly inserts: number;
  readonly refused: Readonly<Record<InsertRefusal, number>>;
  readonly droppedHits: number; // hits that were not counted because too many waited
}
