import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { storedWindowSchema } from '../domain/prediction/sketch-window';
import type { OthersCell, StoredCell } from '../domain/prediction/sketch-book';

/** What was not renewed for so long says nothing any more, in hours: a relay that rests over a weekend still knows its targets. */
const KEPT_HOURS = 7 * 24;
/** Rows of one kind of call that are kept, newest first: those of the processes that run, and of some that ran. */
const KEPT_PER_CELL = 16;
/** Rows that are read, newest first: about 1.5 MB. */
const MOST_READ = 1_000;
/** A cell has two windows. */
const storedWindowsSchema = z.array(storedWindowSchema).max(2);

const SAVE_SQL = `
  INSERT INTO latency_sketches (process, cell, windows, written_at)
  SELECT $1, cell, windows, clock_timestamp() FROM unnest($2::text[], $3::text[]) AS saved (cell, windows)
  ON CONFLICT (process, cell) DO UPDATE SET windows = excluded.windows, written_at = excluded.written_at`;

const READ_SQL = `
  SELECT cell, windows, (extract(epoch FROM clock_timestamp() - written_at) * 1000)::float8 AS "ageMs"
  FROM latency_sketches WHERE process <> $1 AND written_at > clock_timestamp() - make_interval(hours => $2)
  ORDER BY written_at DESC LIMIT $3`;

const REMOVE_OLD_SQL = `
  DELETE FROM latency_sketches old USING (
    SELECT process, cell, row_number() OVER (PARTITION BY cell ORDER BY written_at DESC) AS place FROM latency_sketches
  ) ranked
  WHERE ranked.process = old.process AND ranked.cell = old.cell
    AND (ranked.place > $2 OR old.written_at < clock_timestamp() - make_interval(hours => $1))`;

interface Row {
  readonly cell: string;
  readonly windows: string;
  readonly ageMs: number;
}

/** The table `latency_sketches`; times are the database's. Every method rejects when the database is away. */
@Injectable()
export class LatencySketchStore {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async save(processId: string, cells: readonly StoredCell[]): Promise<void> {
    const windows = cells.map((each) => JSON.stringify(each.windows));
    await this.dataSource.query(SAVE_SQL, [processId, cells.map(({ cell }) => cell), windows]);
  }

  /** What other processes stored, newest first; `cellOf` reads a row. */
  async readOthers(processId: string): Promise<readonly Row[]> {
    return this.dataSource.query<Row[]>(READ_SQL, [processId, KEPT_HOURS, MOST_READ]);
  }

  async removeOld(): Promise<void> {
    await this.dataSource.query(REMOVE_OLD_SQL, [KEPT_HOURS, KEPT_PER_CELL]);
  }
}

/** A row as it was stored; null for one that another version wrote in a way that this one does not know. */
export function cellOf({ cell, windows, ageMs }: Row): OthersCell | null {
  try {
    const parsed = storedWindowsSchema.safeParse(JSON.parse(windows));
    return parsed.success ? { cell, windows: parsed.data, ageMs: Math.max(0, ageMs) } : null;
  } catch {
    return null;
  }
}
