import { BoundedReader } from '@relay/database';
import { statfs } from 'node:fs/promises';
import { ENVIRONMENT, type Environment } from '@relay/config';
import { Inject, Injectable } from '@nestjs/common';

/** Fewer rows say nothing about the size of one: pages are half empty. */
const MIN_ROWS = 1_000;

export interface DiskFacts {
  readonly bytesPerTrace: number | null;
  readonly databaseBytes: number;
  readonly freeBytes: number | null; // null: the database is elsewhere
}

/** What traces take on the disk, indexes included and payloads left out, and what is left of it. */
@Injectable()
export class DiskReader {
  constructor(
    private readonly reader: BoundedReader,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  async read(): Promise<DiskFacts> {
    // Rows as the last VACUUM or ANALYZE counted them; a table that was never analysed says -1.
    const [row] = await this.reader.read<{ database: string; bytes: string | null; rows: number | null }>(
      `SELECT pg_database_size(current_database()) AS database, sum(pg_total_relation_size(part.oid)) AS bytes, sum(part.reltuples)::float8 AS rows
       FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
       WHERE inhparent = 'request_traces'::regclass AND part.reltuples > 0`,
      [],
    );
    const rows = row?.rows ?? 0;
    return {
      bytesPerTrace: rows < MIN_ROWS ? null : Number(row?.bytes ?? 0) / rows,
      databaseBytes: Number(row?.database ?? 0),
      freeBytes: this.environment.DATABASE_URL === undefined ? await freeBytes(this.environment.RELAY_DATA_DIR) : null,
    };
  }
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
