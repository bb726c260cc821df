import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ConfigStore, ENVIRONMENT, type Environment } from '@relay/config';
import type { CacheEntryPage, CacheEntryView, InvalidateCache } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import type { Embedder } from '@relay/embedding';
import { DataSource } from 'typeorm';
import type { Neighbour } from '../../domain/semantic/semantic-model';
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

/**
 * Answers by the meaning of their prompts, in the relay's database. All processes share it and nothing of it is kept in memory: what
 * is quarantined, tightened or removed is so for everybody's next look-up.
 */
@Injectable()
export class SemanticStore implements BeforeApplicationShutdown {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: ConfigStore,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Writes down the hits that wait. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flushHits();
  }

  /**
   * Best first; only active, unexpired entries of this scope and embedder, that can be read. An alias comes with the answer it shares:
   * its labels are those of both, its epoch the earlier one, its times its own.
   * Rejects when the database fails, or has not answered within 250 ms: a miss, for who asks.
   */
  nearest(_query: NearestQuery): Promise<Neighbour[]> {
    return Promise.reject(new Error('not built yet'));
  }

  /** Rejects when the database fails. */
  insert(_entry: NewEntry): Promise<InsertOutcome> {
    return Promise.reject(new Error('not built yet'));
  }

  /**
   * Takes the entry, and all that share its answer, out of service until they expire. `owner` (`t:<tenant>` or `g:<group>`) limits it to
   * that owner's. Null: there is none.
   */
  quarantine(_entryId: string, _owner: string | null): Promise<QuarantinedEntry | null> {
    return Promise.reject(new Error('not built yet'));
  }

  /** From now on the entry is served from this similarity on only; never takes a higher one back. */
  tighten(_entryId: string, _minSimilarity: number): Promise<void> {
    return Promise.reject(new Error('not built yet'));
  }

  /** Counted in memory and written in the background, at most a few seconds later. */
  noteHit(_entryId: string): void {
    return;
  }

  /** Resolves when the hits noted so far are written or were given up. Never rejects. */
  flushHits(): Promise<void> {
    return Promise.resolve();
  }

  /** What has everything that is named, with all entries that share a removed answer. `entry` is an id or an exact key. Gives their number. */
  remove(_selector: InvalidateCache): Promise<number> {
    return Promise.reject(new Error('not built yet'));
  }

  /**
   * Newest first. `q` (part of the prompt, in any case) looks at 2,000 entries a page at most where prompts are sealed: a page may then be short,
   * and still have a next one. Rejects with `invalid_request` for a cursor that is not one of ours.
   */
  list(_query: EntryListQuery): Promise<CacheEntryPage> {
    return Promise.reject(new Error('not built yet'));
  }

  /** With what its answer says. `tenant`: only if it carries the label `tenant:<id>`; null: any. */
  find(_id: string, _tenant: string | null): Promise<CacheEntryView | null> {
    return Promise.reject(new Error('not built yet'));
  }

  /** The largest owners first, at most 1,000; `tenant`: only entries that carry its label. */
  counts(_tenant?: string): Promise<OwnerCount[]> {
    return Promise.reject(new Error('not built yet'));
  }

  /** Removes what expired or cannot be read any more, keeps owners within their bound, tends the indexes. For a background job, every few minutes. */
  maintain(): Promise<MaintenanceReport> {
    return Promise.reject(new Error('not built yet'));
  }

  /** Embeds entries of other embedders anew, at most `budget` of them; they are found from then on. Gives how many; 0: none is left, or another process is at it. */
  reembed(_embedder: Embedder, _budget = 1_000, _signal?: AbortSignal): Promise<number> {
    return Promise.reject(new Error('not built yet'));
  }

  stats(): SemanticStoreStats {
    throw new Error('not built yet');
  }
}
