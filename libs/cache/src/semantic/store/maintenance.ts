import type { ConfigStore } from '@relay/config';
import type { Clock } from '@relay/core';
import type { DataSource } from 'typeorm';
import { SCHEMA_VERSION } from '../../tiers/entry-codec';
import { removeInBatches } from './entry-removal';
import { Exclusive, isShared, MAINTENANCE_LOCK } from './exclusive';
import type { MaintenanceReport } from './stored-entry';
import type { VectorIndexes } from './vector-indexes';

/** Entries that one round removes of each kind; what is left waits for the next. */
const MOST_OF_A_ROUND = 50_000;
/** Owners above their bound that one round looks after. */
const MAX_OWNERS = 100;
/** An entry's use is worth half of it after so long without a hit. */
const USE_HALF_LIFE_DAYS = 7;
const SECONDS_PER_DAY = 86_400;
/**
 * The embedded database has no vector indexes and one session, which traces and keys use as well: 5,000 vectors take it 0.1 s to compare, 20,000
 * more than 1 s on a busy machine.
 */
const EMBEDDED_MAX_ENTRIES = 5_000;

const EXPIRED_SQL = `
  SELECT id FROM semantic_entries WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED`;

/** Older ones only: while versions change, a worker of the one before leaves alone what it does not know yet. */
export const OLDER_CODEC_SQL = `
  SELECT id FROM semantic_entries WHERE codec < $1 LIMIT $2 FOR UPDATE SKIP LOCKED`;

const CROWDED_OWNERS_SQL = `
  SELECT owner, count(*)::int AS entries FROM semantic_entries GROUP BY owner HAVING count(*) > $1 ORDER BY 2 DESC LIMIT $2`;

/** The least useful first: few hits, long ago. A new entry counts as if it had been hit once. $1 owner, $2 now. */
const LEAST_USEFUL_SQL = `
  SELECT entry.id FROM semantic_entries entry LEFT JOIN semantic_hits hit ON hit.entry_id = entry.id
  WHERE entry.owner = $1
  ORDER BY (1 + coalesce(hit.hits, 0)) * power(0.5, greatest(0, extract(epoch FROM $2::timestamptz - coalesce(hit.last_hit_at, entry.created_at))
    / ${USE_HALF_LIFE_DAYS * SECONDS_PER_DAY})::float8), entry.id
  LIMIT $3 FOR UPDATE OF entry SKIP LOCKED`;

const NOTHING: MaintenanceReport = {
  expired: 0,
  evicted: 0,
  unreadable: 0,
  indexesBuilt: 0,
  indexesDropped: 0,
  skipped: true,
};

/** Keeps the table small and its indexes in step; one process at a time. */
export class Maintenance {
  private readonly exclusive: Exclusive;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: ConfigStore,
    private readonly clock: Clock,
    private readonly indexes: VectorIndexes,
    private readonly embeddedMax = EMBEDDED_MAX_ENTRIES,
  ) {
    this.exclusive = new Exclusive(dataSource, MAINTENANCE_LOCK);
  }

  async run(): Promise<MaintenanceReport> {
    return (await this.exclusive.run(() => this.round())) ?? NOTHING;
  }

  /** What fails keeps nothing else from being done; rejects at the end with what failed first. */
  private async round(): Promise<MaintenanceReport> {
    const now = new Date(this.clock.now());
    const report = { ...NOTHING, skipped: false };
    const failures: unknown[] = [];
    for (const step of [
      async () => (report.expired = await this.remove(EXPIRED_SQL, [now], now)),
      async () => (report.unreadable = await this.remove(OLDER_CODEC_SQL, [SCHEMA_VERSION], now)),
      async () => (report.evicted = await this.evict(now)),
      async () => void ({ built: report.indexesBuilt, dropped: report.indexesDropped } = await this.indexes.tend()),
    ])
      await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
    return report;
  }

  private remove(sql: string, values: readonly unknown[], now: Date, most = MOST_OF_A_ROUND): Promise<number> {
    return removeInBatches(this.dataSource, sql, values, now, most);
  }

  private async evict(now: Date): Promise<number> {
    const { maxEntriesPerOwner } = this.config.current.cache.semantic;
    const allowed = isShared(this.dataSource) ? maxEntriesPerOwner : Math.min(maxEntriesPerOwner, this.embeddedMax);
    let evicted = 0;
    for (const { owner, entries } of await this.crowdedOwners(allowed)) {
      const most = Math.min(entries - allowed, MOST_OF_A_ROUND - evicted);
      evicted += await this.remove(LEAST_USEFUL_SQL, [owner, now], now, most);
    }
    return evicted;
  }

  private crowdedOwners(allowed: number): Promise<{ owner: string; entries: number }[]> {
    return this.dataSource.query(CROWDED_OWNERS_SQL, [allowed, MAX_OWNERS]);
  }
}
