import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { escapeIdentifier, escapeLiteral, type PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { isShared } from './exclusive';

/** Where a scan of all vectors ends and an index pays: 5,000 vectors of 512 dimensions take about 6 ms, 30,000 take 38 ms. */
const INDEXED_FROM = 5_000;
/** A scope that has shrunk to this part of it loses its index. */
const KEPT_DOWN_TO = 0.6;
/** Every insert and every plan looks at all indexes of the table. Scopes beyond the largest are scanned. */
const MAX_INDEXES = 32;
/** A scope that has an index keeps it down to this rank: two of like size would lose and get it in turn. */
const KEPT_TO_RANK = 40;
/** Building: 50,000 vectors of 512 dimensions with their graph fit into it; beyond it pgvector becomes many times slower. */
const BUILD_MEMORY = '256MB';
const BUILD_TIMEOUT_MS = 1_800_000;
const PREFIX = 'semantic_near_';

/** Vectors that can be compared, and may be. */
interface Space {
  readonly scope_id: string;
  readonly embedder_id: string;
  readonly dimensions: number;
}

const LARGE_SPACES_SQL = `
  SELECT scope_id, embedder_id, dimensions, count(*)::int AS entries FROM semantic_entries
  GROUP BY scope_id, embedder_id, dimensions HAVING count(*) >= $1 ORDER BY entries DESC LIMIT $2`;

/** What a build that was broken off has left is not valid. */
const EXISTING_SQL = `
  SELECT class.relname AS name, index.indisvalid AS valid FROM pg_index index JOIN pg_class class ON class.oid = index.indexrelid
  WHERE index.indrelid = 'semantic_entries'::regclass AND starts_with(class.relname, '${PREFIX}')`;

/**
 * HNSW indexes of large scopes, one each: within it every neighbour is one of the scope, while an index over all scopes would be walked
 * mostly through vectors of others. They are made in the background; until then, and in small scopes, all vectors are compared.
 */
export class VectorIndexes {
  private readonly logger = new Logger('SemanticStore');

  constructor(
    private readonly dataSource: DataSource,
    private readonly indexedFrom = INDEXED_FROM,
  ) {}

  /**
   * The embedded database gets none: it has one session, which would stand still for 6 s while 2,000 vectors of 512 dimensions are indexed, and for
   * 50 ms with each insert from then on. A scan of 5,000 takes it 0.1 s.
   */
  async tend(): Promise<{ built: number; dropped: number }> {
    if (!isShared(this.dataSource)) return { built: 0, dropped: 0 };
    const keptFrom = Math.ceil(this.indexedFrom * KEPT_DOWN_TO);
    const spaces = await this.dataSource.query<(Space & { entries: number })[]>(LARGE_SPACES_SQL, [
      keptFrom,
      KEPT_TO_RANK,
    ]);
    const existing = await this.dataSource.query<{ name: string; valid: boolean }[]>(EXISTING_SQL);
    const kept = new Set(spaces.map(nameOf));
    const gone = existing.filter(({ name, valid }) => !valid || !kept.has(name));
    for (const { name } of gone) await this.change(`DROP INDEX CONCURRENTLY IF EXISTS ${escapeIdentifier(name)}`);
    const valid = new Set(existing.filter((index) => index.valid).map(({ name }) => name));
    const wanted = spaces
      .slice(0, MAX_INDEXES)
      .filter((space) => space.entries >= this.indexedFrom && !valid.has(nameOf(space)));
    for (const space of wanted) await this.build(space);
    return { built: wanted.length, dropped: gone.length };
  }

  private async build(space: Space & { readonly entries: number }): Promise<void> {
    this.logger.log(`Indexing ${space.entries} entries of one scope of the semantic cache.`);
    await this.change(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS ${escapeIdentifier(nameOf(space))}
      ON semantic_entries USING hnsw ((embedding::halfvec(${space.dimensions})) halfvec_cosine_ops)
      WHERE scope_id = ${escapeLiteral(space.scope_id)} AND embedder_id = ${escapeLiteral(space.embedder_id)} AND dimensions = ${space.dimensions}`);
  }

  /** On a connection of its own, outside of any transaction and of its time-outs. */
  private async change(sql: string): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      await client.query(`SET statement_timeout = ${BUILD_TIMEOUT_MS}`);
      await client.query(`SET maintenance_work_mem = '${BUILD_MEMORY}'`);
      const query = { text: sql, query_timeout: BUILD_TIMEOUT_MS };
      try {
        await client.query(query);
      } finally {
        await client.query('RESET maintenance_work_mem');
        await client.query('RESET statement_timeout');
      }
    } finally {
      await runner.release();
    }
  }
}

/** Of one space; identifiers have 63 bytes at most. */
function nameOf({ scope_id, embedder_id, dimensions }: Space): string {
  const space = JSON.stringify([scope_id, embedder_id, dimensions]);
  return PREFIX + createHash('sha256').update(space).digest('hex').slice(0, 40);
}
