import type { EmbeddingService } from '@relay/embedding';
import type { DataSource } from 'typeorm';
import { mayEmbed } from '../../domain/semantic/embedder-reach';
import type { EntrySeal, KeptPrompt } from './entry-seal';
import { Exclusive, REEMBEDDING_LOCK } from './exclusive';
import { vectorText } from './vector-bytes';

/** Prompts that are embedded together, and written together. */
const BATCH = 64;

/** What embeds in the background, without a deadline. */
export type BackgroundEmbedder = Pick<EmbeddingService, 'id' | 'server' | 'embedAll'>;

interface OtherRow extends KeptPrompt {
  readonly id: string;
  readonly scope_id: string;
  readonly exact_key: string;
  readonly embedder_regions: string[] | null;
}

const othersSql = (comparison: '<' | '>'): string => `
  SELECT id, scope_id, exact_key, embedder_regions, prompt, sealed_prompt FROM semantic_entries
  WHERE embedder_id ${comparison} $1 AND id < $2 AND status = 'active' AND expires_at > $3 ORDER BY id DESC LIMIT ${BATCH}`;

/**
 * $1 embedder in force, $2 after this id, $3 now. The newest are likeliest to be asked for again. Asked from both sides, as an index
 * finds no inequality; mostly there are none.
 */
export const OTHERS_SQL = `
  SELECT * FROM ((${othersSql('<')}) UNION ALL (${othersSql('>')})) other ORDER BY id DESC LIMIT ${BATCH}`;
const ABOVE_ALL_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** An entry that was replaced meanwhile has the embedder in force already. What was learned of its similarities was of those of another. */
const RENEW_SQL = `
  UPDATE semantic_entries entry
  SET embedder_id = $1, dimensions = renewed.dimensions, embedding = renewed.embedding::halfvec, min_similarity = NULL
  FROM unnest($2::uuid[], $3::smallint[], $4::text[]) AS renewed (id, dimensions, embedding)
  WHERE entry.id = renewed.id AND entry.embedder_id <> $1`;

/**
 * Gives entries of earlier embedders a vector of the one in force, if that may see their prompts; the others expire unfound. Where it
 * stopped the next call goes on, also past those that cannot be opened or embedded, and begins anew once it has seen all.
 */
export class Reembedding {
  private readonly exclusive: Exclusive;
  private stopped = { embedderId: '', before: ABOVE_ALL_IDS };

  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: EntrySeal,
  ) {
    this.exclusive = new Exclusive(dataSource, REEMBEDDING_LOCK);
  }

  /** Looks at about `budget` entries. Gives how many have a new vector. */
  async run(embedder: BackgroundEmbedder, budget: number, now: Date, signal?: AbortSignal): Promise<number> {
    return (await this.exclusive.run(() => this.renewSome(embedder, budget, now, signal))) ?? 0;
  }

  private async renewSome(
    embedder: BackgroundEmbedder,
    budget: number,
    now: Date,
    signal?: AbortSignal,
  ): Promise<number> {
    const embedderId = embedder.id;
    if (embedderId === null) return 0;
    if (this.stopped.embedderId !== embedderId) this.stopped = { embedderId, before: ABOVE_ALL_IDS };
    let renewed = 0;
    for (let seen = 0; seen < budget && !signal?.aborted;) {
      const rows = await this.dataSource.query<OtherRow[]>(OTHERS_SQL, [embedderId, this.stopped.before, now]);
      renewed += await this.renew(embedder, embedderId, rows, signal);
      seen += rows.length;
      const last = rows.length < BATCH ? undefined : rows.at(-1);
      this.stopped = { embedderId, before: last?.id ?? ABOVE_ALL_IDS };
      if (!last) break;
    }
    return renewed;
  }

  private async renew(
    embedder: BackgroundEmbedder,
    embedderId: string,
    rows: readonly OtherRow[],
    signal?: AbortSignal,
  ): Promise<number> {
    if (embedder.id !== embedderId) throw new Error('The embedder changed while entries were embedded anew.');
    const { server } = embedder;
    const open = rows.flatMap((row) => {
      if (!mayEmbed(server, row.embedder_regions)) return [];
      const text = this.seal.openPrompt(row, { scopeId: row.scope_id, exactKey: row.exact_key });
      return text === undefined ? [] : [{ id: row.id, text }];
    });
    if (open.length === 0) return 0;
    const vectors = await embedder.embedAll(open.map(({ text }) => text), signal); // prettier-ignore
    if (embedder.id !== embedderId) throw new Error('The embedder changed while entries were embedded anew.');
    const renewed = open.flatMap(({ id }, i) => {
      const vector = vectors[i];
      const text = vector ? vectorText(vector) : null;
      return vector && text !== null ? [{ id, dimensions: vector.length, text }] : [];
    });
    const values = [
      embedderId,
      renewed.map(({ id }) => id),
      renewed.map(({ dimensions }) => dimensions),
      renewed.map(({ text }) => text),
    ];
    const [, count] = await this.dataSource.query<readonly [unknown[], number]>(RENEW_SQL, values);
    return count;
  }
}
