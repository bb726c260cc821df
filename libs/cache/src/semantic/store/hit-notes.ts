import { Logger } from '@nestjs/common';
import { isUuid, type Clock } from '@relay/core';
import type { DataSource } from 'typeorm';

/** Entries whose hits wait to be written; hits of others are not counted meanwhile. */
const MAX_NOTED = 10_000;
const FLUSH_AFTER_MS = 5_000;

interface Noted {
  hits: number;
  lastAt: number; // ms since the epoch
}

const ADD_HITS_SQL = `
  INSERT INTO semantic_hits (entry_id, hits, last_hit_at)
  SELECT noted.id, noted.hits, noted.at FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS noted (id, hits, at)
  WHERE EXISTS (SELECT 1 FROM semantic_entries entry WHERE entry.id = noted.id)
  ORDER BY noted.id
  ON CONFLICT (entry_id) DO UPDATE
  SET hits = semantic_hits.hits + excluded.hits, last_hit_at = greatest(semantic_hits.last_hit_at, excluded.last_hit_at)`;

/** Counts hits in memory and writes the sums. */
export class HitNotes {
  dropped = 0;
  private readonly logger = new Logger('SemanticStore');
  private noted = new Map<string, Noted>();
  private cancelFlush: (() => void) | null = null;
  private writing: Promise<void> = Promise.resolve();
  private failing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  note(entryId: string): void {
    if (!isUuid(entryId)) return; // it would spoil all that is written with it
    this.add(entryId, { hits: 1, lastAt: this.clock.now() });
    this.cancelFlush ??= this.clock.after(FLUSH_AFTER_MS, () => void this.flush());
  }

  /** One write at a time; what cannot be written waits for the next hit. Never rejects. */
  flush(): Promise<void> {
    this.cancelFlush?.();
    this.cancelFlush = null;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const batch = this.noted;
    if (batch.size === 0) return;
    this.noted = new Map();
    const notes = [...batch.values()];
    const values = [
      [...batch.keys()],
      notes.map(({ hits }) => hits),
      notes.map(({ lastAt }) => new Date(lastAt).toISOString()),
    ];
    try {
      await this.dataSource.query(ADD_HITS_SQL, values);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn(`Hits of the semantic cache cannot be counted for now: ${String(error)}`);
      this.failing = true;
      for (const [id, noted] of batch) this.add(id, noted);
    }
  }

  private add(entryId: string, { hits, lastAt }: Noted): void {
    const noted = this.noted.get(entryId);
    if (noted) {
      noted.hits += hits;
      noted.lastAt = Math.max(noted.lastAt, lastAt);
    } else if (this.noted.size < MAX_NOTED) this.noted.set(entryId, { hits, lastAt });
    else this.dropped += hits;
  }
}
