import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ConfigStore, ENVIRONMENT, type Environment } from '@relay/config';
import type { CacheEntryPage, CacheEntryView } from '@relay/contracts';
import { CLOCK, isUuid, storable, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { labelsNamed, type CacheSelector } from '../../domain/labels';
import type { Neighbour } from '../../domain/semantic/semantic-model';
import { RECORD_STEP, UNKNOWN_RECORD } from '../../domain/semantic/surroundings';
import { cipherOf } from '../../tiers/entry-cipher';
import { EntryInserter } from './entry-inserter';
import { EntryList } from './entry-list';
import { EntryLookup } from './entry-lookup';
import { countSelected, type OnBatch, removeSelected, selectedBatches } from './entry-removal';
import { NearbyEntries, type EntryNeighbours } from './nearby-entries';
import { EntrySeal } from './entry-seal';
import { HOLDS_SQL, QUARANTINE_SQL, RECORD_SQL, TIGHTEN_SQL } from './entry-status.sql';
import { HitNotes } from './hit-notes';
import { Maintenance } from './maintenance';
import { Reembedding, type BackgroundEmbedder } from './reembedding';
import type {
  EntryListQuery,
  InsertOutcome,
  MaintenanceReport,
  NearestQuery,
  NewEntry,
  OwnerCount,
  QuarantinedEntry,
  SemanticStoreStats,
} from './stored-entry';
import { VectorIndexes } from './vector-indexes';

/** Entries that one call of `reembed` looks at. */
const REEMBED_BUDGET = 1_000;

/**
 * Answers by the meaning of their prompts, in the relay's database. All processes share it and nothing of it is kept in memory: what
 * is quarantined, tightened or removed is so for everybody's next look-up.
 */
@Injectable()
export class SemanticStore implements BeforeApplicationShutdown {
  private readonly lookup: EntryLookup;
  private readonly inserter: EntryInserter;
  private readonly entries: EntryList;
  private readonly nearby: NearbyEntries;
  private readonly hits: HitNotes;
  private readonly maintenance: Maintenance;
  private readonly reembedding: Reembedding;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    config: ConfigStore,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const seal = new EntrySeal(cipherOf(environment));
    const maxAnswerBytes = (): number => config.current.cache.maxEntryBytes;
    this.lookup = new EntryLookup(dataSource, seal, clock, maxAnswerBytes);
    this.inserter = new EntryInserter(dataSource, config, seal, clock);
    this.entries = new EntryList(dataSource, seal, maxAnswerBytes);
    this.nearby = new NearbyEntries(dataSource, seal);
    this.hits = new HitNotes(dataSource, clock);
    this.maintenance = new Maintenance(dataSource, config, clock, new VectorIndexes(dataSource));
    this.reembedding = new Reembedding(dataSource, seal);
  }

  /** Writes down the hits that wait. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flushHits();
  }

  /**
   * Best first; only active, unexpired entries of this scope and embedder, that can be read. An alias comes with the answer it shares:
   * its labels are those of both, its epoch the earlier one, its times its own.
   * Rejects when the database fails, or has not answered within 250 ms: a miss, for who asks.
   */
  nearest(query: NearestQuery): Promise<Neighbour[]> {
    return this.lookup.nearest(query);
  }

  /** Refusals are counted. Rejects when the database fails. */
  insert(entry: NewEntry): Promise<InsertOutcome> {
    return this.inserter.insert(entry);
  }

  /**
   * Takes the entry, and all that share its answer, out of service until they expire. `owner` (`t:<tenant>` or `g:<group>`) limits it to
   * that owner's. Null: there is none.
   */
  async quarantine(entryId: string, owner: string | null): Promise<QuarantinedEntry | null> {
    if (!isUuid(entryId)) return null;
    const [entry] = await this.dataSource.query<QuarantinedEntry[]>(QUARANTINE_SQL, [entryId, owner]);
    return entry ?? null;
  }

  /** Whether an entry, served or not, has everything that is named. */
  async holds(selector: CacheSelector): Promise<boolean> {
    const labels = labelsNamed(selector);
    if (labels === null) return false;
    const [row] = await this.dataSource.query<{ holds: boolean }[]>(HOLDS_SQL, [labels.map(storable)]);
    return row?.holds === true;
  }

  /** From now on the entry is served from this similarity on only; never takes a higher one back. */
  async tighten(entryId: string, minSimilarity: number): Promise<void> {
    await this.dataSource.query(TIGHTEN_SQL, [entryId, minSimilarity]);
  }

  /** One more verdict about the answer that the entry gives: see `recordAfter`. */
  async noteVerdict(entryId: string, correct: boolean): Promise<void> {
    await this.dataSource.query(RECORD_SQL, [entryId, RECORD_STEP, correct ? 1 : 0, UNKNOWN_RECORD]);
  }

  /** Counted in memory and written in the background, at most a few seconds later. */
  noteHit(entryId: string): void {
    this.hits.note(entryId);
  }

  /** Resolves when the hits noted so far are written or were given up. Never rejects. */
  flushHits(): Promise<void> {
    return this.hits.flush();
  }

  /** What has everything that is named, with all entries that share a removed answer. `entry` is an id or an exact key. Gives their number. */
  remove(selector: CacheSelector): Promise<number> {
    return removeSelected(this.dataSource, selector);
  }

  /** As `remove`, batch by batch, and only what began before an epoch: gives how many entries each had, and tells it in the transaction of each. */
  removeBefore(selector: CacheSelector, epoch: number, onBatch: OnBatch): AsyncGenerator<number, void> {
    return selectedBatches(this.dataSource, selector, epoch, onBatch);
  }

  /** How many entries `remove`, or `removeBefore`, would take. `atLeast`: it ended to count before all were seen. Rejects when the database is away. */
  count(selector: CacheSelector, beforeEpoch: number | null = null): Promise<{ count: number; atLeast: boolean }> {
    return countSelected(this.dataSource, selector, beforeEpoch);
  }

  /** Where an entry lies and what is nearest to it; null: there is none. Rejects where that takes too long, or the database is away. */
  neighbours(id: string): Promise<EntryNeighbours | null> {
    return isUuid(id) ? this.nearby.of(id, new Date(this.clock.now())) : Promise.resolve(null);
  }

  /**
   * Newest first. `q` (part of the prompt, in any case) looks at 2,000 entries a page at most where prompts are sealed: a page may then be
   * short, and still have a next one. Rejects with `invalid_request` for a cursor that is not one of ours.
   */
  list(query: EntryListQuery): Promise<CacheEntryPage> {
    return this.entries.page(query);
  }

  /** With what its answer says. `tenant`: only if it carries the label `tenant:<id>`; null: any. */
  async find(id: string, tenant: string | null): Promise<CacheEntryView | null> {
    return isUuid(id) ? this.entries.find(id, tenant) : null;
  }

  /** The largest owners first, at most 1,000; `tenant`: only entries that carry its label. */
  counts(tenant?: string): Promise<OwnerCount[]> {
    return this.entries.counts(tenant);
  }

  /** Removes what expired or cannot be read any more, keeps owners within their bound, tends the indexes. For a background job, every few minutes. */
  maintain(): Promise<MaintenanceReport> {
    return this.maintenance.run();
  }

  /**
   * Embeds entries of other embedders anew; they are found from then on. Looks at `budget` of them, the next call at others. Gives how
   * many it embedded; 0 too if another process is at it. Rejects when the embedder or the database fails: what was done stays done.
   */
  reembed(embedder: BackgroundEmbedder, budget = REEMBED_BUDGET, signal?: AbortSignal): Promise<number> {
    return this.reembedding.run(embedder, budget, new Date(this.clock.now()), signal);
  }

  stats(): SemanticStoreStats {
    const { inserts, refused } = this.inserter;
    return { ...this.lookup.counts, inserts, refused: { ...refused }, droppedHits: this.hits.dropped };
  }
}
