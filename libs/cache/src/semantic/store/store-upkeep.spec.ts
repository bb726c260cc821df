import { Logger } from '@nestjs/common';
import { newTraceId } from '@relay/core';
import { FakeClock, type TestDatabase } from '@relay/testing';
import { at, EMBEDDER, scopeIdOf, StoreKit } from '../../../test/semantic-store-kit';
import { storeBackends } from '../../../test/store-backends';
import type { CacheSelector } from '../../domain/labels';
import { nearestSql, vectorSettings } from './nearest.sql';
import { OLDER_CODEC_SQL } from './maintenance';
import { OTHERS_SQL, type BackgroundEmbedder } from './reembedding';
import { Maintenance } from './maintenance';
import { VectorIndexes } from './vector-indexes';
import { vectorBytes } from './vector-bytes';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe.each(storeBackends('upkeep of the semantic store', 'relay_upkeep'))('upkeep on %s', (name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let kit: StoreKit;

  const rows = <T>(sql: string, values: unknown[] = []): Promise<T[]> => database.dataSource.query(sql, values);
  const count = async (): Promise<number> =>
    (await rows<{ n: number }>('SELECT count(*)::int AS n FROM semantic_entries'))[0]?.n ?? 0;

  /** In one statement, all alike. */
  const storeMany = (many: number, expiresAt: number) =>
    rows(
      `INSERT INTO semantic_entries (id, scope_id, owner, evidence, embedder_id, dimensions, embedding, prompt, answer, answer_id, codec,
         exact_key, key_id, labels, served_model, provider, source_trace, created_at, expires_at, stale_until, epoch, bytes)
       SELECT gen_random_uuid(), 's', 't:acme', 'e', 'm', 1, '[1]', 'p', '', gen_random_uuid(), 2, i::text, 'k', '{}', 's', 'p', 't', $1, $1, $1, 0, 1
       FROM generate_series(1, $2::int) i`,
      [new Date(expiresAt), many],
    );

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    await rows('TRUNCATE semantic_entries, semantic_hits');
    clock = new FakeClock();
    kit = new StoreKit(database.dataSource, clock);
  });

  describe('maintenance', () => {
    it('removes what has expired, to the last of many', async () => {
      await kit.stored({ ttlMs: MINUTE_MS });
      await kit.stored({ vector: at(10), says: 'stays' });
      await storeMany(1_200, clock.now());
      clock.advance(MINUTE_MS);
      expect(await kit.store.maintain()).toMatchObject({ expired: 1_201, evicted: 0, unreadable: 0, skipped: false });
      expect(await kit.found()).toEqual(['stays']);
    });

    it('passes an answer on to the aliases that outlive its entry', async () => {
      const source = await kit.stored({ says: 'the answer', ttlMs: MINUTE_MS });
      await kit.stored({ vector: at(20), aliasOf: source, ttlMs: MINUTE_MS });
      const heir = await kit.stored({ vector: at(40), aliasOf: source, ttlMs: 2 * HOUR_MS });
      const other = await kit.stored({ vector: at(60), aliasOf: source });
      clock.advance(MINUTE_MS);
      expect(await kit.store.maintain()).toMatchObject({ expired: 2 });
      expect(await kit.found()).toEqual(['the answer', 'the answer']);
      expect((await kit.store.find(heir, null))?.aliasOf).toBeNull();
      expect((await kit.store.find(other, null))?.aliasOf).toBe(heir);
    });

    it('passes on what judges said of an answer', async () => {
      const source = await kit.stored({ ttlMs: MINUTE_MS });
      await kit.stored({ vector: at(20), aliasOf: source });
      await kit.store.noteVerdict(source, true);
      const record = (await kit.nearest())[0]?.record;
      expect(record).toEqual(expect.any(Number));
      clock.advance(MINUTE_MS);
      await kit.store.maintain();
      expect((await kit.nearest()).map((heir) => heir.record)).toEqual([record]);
    });

    it.each<[string, CacheSelector]>([
      ['the tag of the request that paid', { tag: 'faq' }],
      ['that and a tag of its own', { tag: 'faq', model: 'large' }],
      ['a tag of its own', { tag: 'second' }],
    ])('passes an answer on, twice, to an entry that is removed by %s', async (_what, selector) => {
      const source = await kit.stored({ labels: ['tenant:acme', 'model:small', 'tag:faq'], ttlMs: MINUTE_MS });
      const first = ['tenant:acme', 'model:medium', 'tag:first'];
      await kit.stored({ vector: at(20), aliasOf: source, labels: first, ttlMs: 2 * MINUTE_MS });
      const second = ['tenant:acme', 'model:large', 'tag:second'];
      const heir = await kit.stored({ vector: at(40), aliasOf: source, labels: second });
      clock.advance(MINUTE_MS);
      await kit.store.maintain();
      clock.advance(MINUTE_MS);
      await kit.store.maintain();
      expect(await kit.store.find(heir, null)).toMatchObject({ aliasOf: null, model: 'large' });
      expect(await kit.store.remove({ tag: 'first' })).toBe(0); // of an entry that is gone
      expect(await kit.store.remove(selector)).toBe(1);
      expect(await count()).toBe(0);
    });

    it('has no labels of an answer that was passed on once it has another one', async () => {
      const source = await kit.stored({ labels: ['tenant:acme', 'tag:faq'], ttlMs: MINUTE_MS });
      await kit.stored({ vector: at(20), aliasOf: source, prompt: 'asked again' });
      clock.advance(MINUTE_MS);
      await kit.store.maintain();
      const heir = await kit.stored({ vector: at(20), prompt: 'asked again', labels: ['tenant:acme', 'tag:b'] });
      await kit.stored({ vector: at(40), aliasOf: heir, ttlMs: 2 * HOUR_MS, labels: ['tenant:acme', 'tag:c'] });
      clock.advance(HOUR_MS);
      await kit.store.maintain();
      expect(await kit.store.remove({ tag: 'faq' })).toBe(0);
      expect(await kit.store.remove({ tag: 'b' })).toBe(1);
    });

    it('passes a hidden answer on hidden', async () => {
      const source = await kit.stored({ says: 'hush', hidden: true, ttlMs: MINUTE_MS });
      const heir = await kit.stored({ vector: at(20), aliasOf: source });
      clock.advance(MINUTE_MS);
      await kit.store.maintain();
      expect(await kit.store.find(heir, null)).toMatchObject({ aliasOf: null, answer: null });
    });

    it('passes no answer on that was quarantined, to an alias that came at the same moment either', async () => {
      const source = await kit.stored({ says: 'wrong', ttlMs: MINUTE_MS });
      const alias = await kit.stored({ vector: at(20), aliasOf: source });
      await rows(`UPDATE semantic_entries SET status = 'quarantined' WHERE id = $1`, [source]);
      clock.advance(MINUTE_MS);
      expect(await kit.store.maintain()).toMatchObject({ expired: 1 });
      expect(await kit.found()).toEqual([]);
      expect(await kit.store.find(alias, null)).toMatchObject({ status: 'quarantined', aliasOf: null });
    });

    it('removes aliases of an entry that has no answer itself', async () => {
      const source = await kit.stored({ says: 'stays' });
      const expired = await kit.stored({ vector: at(20), aliasOf: source, ttlMs: MINUTE_MS });
      const stray = await kit.stored({ vector: at(40), aliasOf: source });
      await rows('UPDATE semantic_entries SET alias_of = $1 WHERE id = $2', [expired, stray]);
      clock.advance(MINUTE_MS);
      expect(await kit.store.maintain()).toMatchObject({ expired: 1 });
      expect(await rows('SELECT id FROM semantic_entries')).toEqual([{ id: source }]);
    });

    it('does the rest where a step of it fails', async () => {
      kit = new StoreKit(database.dataSource, clock, { maxEntriesPerOwner: 1 });
      await kit.stored({ says: 'bad', prompt: 'bad', owner: 't:globex', ttlMs: MINUTE_MS });
      await kit.stored({ vector: at(20) });
      await kit.stored({ vector: at(40) });
      await rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$`);
      await rows(
        `CREATE TRIGGER refuse BEFORE DELETE ON semantic_entries FOR EACH ROW WHEN (OLD.prompt = 'bad') EXECUTE FUNCTION refuse()`,
      );
      clock.advance(MINUTE_MS);
      await expect(kit.store.maintain()).rejects.toThrow('not this one');
      await rows('DROP FUNCTION refuse CASCADE');
      expect(await kit.found()).toHaveLength(1); // evicted all the same
    });

    it('keeps each owner within its bound, and the entries that are of use', async () => {
      kit = new StoreKit(database.dataSource, clock, { maxEntriesPerOwner: 2 });
      const old = await kit.stored({ says: 'old, much asked for' });
      await kit.stored({ vector: at(20), says: 'old, never asked for' });
      clock.advance(10 * MINUTE_MS);
      await kit.stored({ vector: at(40), says: 'new' });
      await kit.stored({ owner: 't:globex', says: 'of somebody else' });
      for (let i = 0; i < 3; i++) kit.store.noteHit(old);
      await kit.store.flushHits();
      expect(await kit.store.maintain()).toMatchObject({ evicted: 1 });
      expect(await kit.found()).toEqual(['old, much asked for', 'new']);
      expect(await kit.found({ owner: 't:globex' })).toEqual(['of somebody else']);
    });

    it('keeps no more than it can compare where the database is embedded', async () => {
      for (const degrees of [0, 20, 40]) await kit.stored({ vector: at(degrees), says: `${degrees}` });
      const indexes = new VectorIndexes(database.dataSource, 1_000);
      const { evicted } = await new Maintenance(database.dataSource, kit.config, clock, indexes, 2).run();
      expect(evicted).toBe(name === 'PGlite' ? 1 : 0);
      expect(await kit.found()).toHaveLength(3 - evicted);
    });

    it('removes entries of an older format, and leaves those of a newer one to whoever wrote them', async () => {
      const older = await kit.stored();
      const newer = await kit.stored();
      await rows('UPDATE semantic_entries SET codec = 1 WHERE id = $1', [older]);
      await rows('UPDATE semantic_entries SET codec = 99 WHERE id = $1', [newer]);
      expect(await kit.store.maintain()).toMatchObject({ unreadable: 1 });
      expect(await rows('SELECT id FROM semantic_entries')).toEqual([{ id: newer }]);
    });

    it('is done by one of two at a time', async () => {
      await kit.stored({ ttlMs: MINUTE_MS });
      clock.advance(MINUTE_MS);
      const reports = await Promise.all([kit.store.maintain(), kit.store.maintain()]);
      expect(reports.map(({ skipped }) => skipped)).toEqual([false, true]);
      expect(await kit.store.maintain()).toMatchObject({ skipped: false, expired: 0 });
    });

    it('of two processes at once removes each entry once', async () => {
      for (let i = 0; i < 20; i++) await kit.stored({ ttlMs: MINUTE_MS, scope: `${i}` });
      clock.advance(MINUTE_MS);
      const other = new StoreKit(database.dataSource, clock);
      const reports = await Promise.all([kit.store.maintain(), other.store.maintain()]);
      expect(reports.reduce((sum, { expired }) => sum + expired, 0)).toBe(20);
    });
  });

  describe('hits', () => {
    it('are added up and written together, those of entries that are gone left out', async () => {
      const [gone, entry] = [await kit.stored(), await kit.stored()];
      kit.store.noteHit(entry);
      kit.store.noteHit(entry);
      kit.store.noteHit(gone);
      await kit.store.remove({ entry: gone });
      await kit.store.flushHits();
      kit.store.noteHit(entry);
      clock.advance(5_000); // written by itself
      await kit.store.flushHits();
      expect((await kit.store.find(entry, null))?.hits).toBe(3);
      expect(await rows('SELECT entry_id FROM semantic_hits')).toEqual([{ entry_id: entry }]);
    });

    it('wait in a bounded place', () => {
      for (let i = 0; i < 10_003; i++) kit.store.noteHit(newTraceId(i));
      expect(kit.store.stats().droppedHits).toBe(3);
    });
  });

  const planOf = (sql: string, values: unknown[], settings = 'SELECT 1'): Promise<string> =>
    database.dataSource.transaction(async (transaction) => {
      await transaction.query(settings);
      const lines: { 'QUERY PLAN': string }[] = await transaction.query(`EXPLAIN (VERBOSE) ${sql}`, values);
      return lines.map((line) => line['QUERY PLAN']).join('\n');
    });
  const lookUpPlan = (scopeId: string, embedder: string, vector: Float32Array): Promise<string> => {
    const values = [scopeId, embedder, vectorBytes(vector), new Date(clock.now()), 5];
    return planOf(nearestSql(vector.length), values, vectorSettings(5_000));
  };

  it('finds what there is to do without looking at every entry', async () => {
    await storeMany(2_000, clock.now() + HOUR_MS);
    await rows('ANALYZE semantic_entries');
    const newest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    const others = await planOf(OTHERS_SQL, ['m', newest, new Date(clock.now())]);
    expect(others.match(/semantic_entries_embedder/g)).toHaveLength(2);
    expect(await planOf(OLDER_CODEC_SQL, [2, 500])).toContain('semantic_entries_codec');
  });

  it('tells which entries are in service by their index, not by their rows', async () => {
    await storeMany(200, clock.now() + HOUR_MS);
    for (let i = 0; i < 20; i++) await kit.stored({ vector: at(i * 3), says: `${i}` });
    await rows('ANALYZE semantic_entries');
    const plan = await lookUpPlan(scopeIdOf(), EMBEDDER, at(0));
    expect(plan).toMatch(/Index Cond: .*expires_at/);
    expect(plan).not.toMatch(/Filter: .*expires_at/);
    expect(plan.match(/Output: .*<=>.*/g)).not.toBeNull();
    for (const [output] of plan.matchAll(/Output: .*/g)) expect(output.match(/<=>/g)?.length ?? 0).toBeLessThan(2);
  });

  const describeServer = name === 'PostgreSQL' ? describe : describe.skip; // see VectorIndexes.tend
  describeServer('an index', () => {
    const planOf = (scope: string): Promise<string> => lookUpPlan(scopeIdOf('t:acme', scope), EMBEDDER, at(0));

    beforeEach(async () => {
      const owners = [...Array<string>(40).fill('large'), ...Array<string>(5).fill('small')];
      for (const [i, scope] of owners.entries()) await kit.stored({ scope, vector: at(i * 2), says: `${i}` });
      await rows('ANALYZE semantic_entries');
    });
    afterEach(() => new VectorIndexes(database.dataSource, 1_000).tend());

    it('is made for a large scope, whose look-ups then go through it, while a small one is scanned', async () => {
      const indexes = new VectorIndexes(database.dataSource, 40);
      expect(await planOf('large')).not.toContain('semantic_near_');
      expect(await indexes.tend()).toEqual({ built: 1, dropped: 0 });
      expect(await indexes.tend()).toEqual({ built: 0, dropped: 0 });
      expect(await planOf('large')).toMatch(/Index Scan using semantic_near_[0-9a-f]{40}/);
      expect(await planOf('small')).not.toContain('semantic_near_');
      expect(await kit.found({ scope: 'large' }, 3)).toEqual(['0', '1', '2']);
      expect(await kit.found({ scope: 'small' }, 3)).toEqual(['40', '41', '42']);
    });

    it('finds what lies behind many that expired or were quarantined', async () => {
      await new VectorIndexes(database.dataSource, 40).tend();
      const scope = scopeIdOf('t:acme', 'large');
      await rows(
        `UPDATE semantic_entries SET status = 'quarantined' WHERE scope_id = $1 AND embedding <=> $2::halfvec < 0.49`,
        [scope, `[${at(0).join(',')}]`],
      );
      expect(await kit.found({ scope: 'large' }, 2)).toEqual(['30', '31']);
    });

    it('goes when its scope has shrunk, and when a build was broken off', async () => {
      const indexes = new VectorIndexes(database.dataSource, 40);
      await indexes.tend();
      await rows(
        'DELETE FROM semantic_entries WHERE scope_id = $1 AND id IN (SELECT id FROM semantic_entries LIMIT 10)',
        [scopeIdOf('t:acme', 'large')],
      );
      expect(await indexes.tend()).toEqual({ built: 0, dropped: 0 });
      await rows('DELETE FROM semantic_entries');
      expect(await indexes.tend()).toEqual({ built: 0, dropped: 1 });
    });

    it('that is not valid is made anew', async () => {
      const indexes = new VectorIndexes(database.dataSource, 40);
      await indexes.tend();
      await rows(
        `UPDATE pg_index SET indisvalid = false WHERE indexrelid = (SELECT oid FROM pg_class WHERE relname LIKE 'semantic\\_near\\_%')`,
      ).catch(() => undefined);
      const [{ valid } = { valid: true }] = await rows<{ valid: boolean }>(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = (SELECT oid FROM pg_class WHERE relname LIKE 'semantic\\_near\\_%')`,
      );
      const anew = valid ? 0 : 1; // only a superuser may spoil one
      expect(await indexes.tend()).toEqual({ built: anew, dropped: anew });
    });
  });

  describe('a change of embedder', () => {
    const embedder = (id: string | null, embed: (text: string) => Float32Array | null): BackgroundEmbedder => ({
      id,
      server: null,
      embedAll: (texts) => Promise.resolve(texts.map(embed)),
    });
    const wider = embedder('test/embedder@2', () => at(0, 16));
    const newOne = { embedderId: 'test/embedder@2', vector: at(0, 16) };

    it('leaves entries unfound until they have a vector of the new one, of other dimensions too', async () => {
      await kit.stored({ says: 'first' });
      await kit.stored({ says: 'second' });
      expect(await kit.found(newOne)).toEqual([]);
      expect(await kit.store.reembed(wider)).toBe(2);
      expect((await kit.found(newOne)).sort()).toEqual(['first', 'second']);
      expect(await kit.found()).toEqual([]);
      expect(await kit.store.reembed(wider)).toBe(0);
    });

    it('forgets how much similarity an entry that was wrong asked for: those of embedders cannot be compared', async () => {
      const [one, two] = [await kit.stored({ prompt: 'one' }), await kit.stored({ prompt: 'two' })];
      for (const entry of [one, two]) await kit.store.tighten(entry, 0.99);
      await kit.stored({ ...newOne, prompt: 'two' }); // the same request, answered anew
      expect(await kit.store.reembed(wider)).toBe(1);
      const asked = (await kit.nearest(newOne)).map(({ minSimilarity }) => minSimilarity);
      expect(asked).toEqual([null, null]);
    });

    it('shows a server only prompts that may go there', async () => {
      await kit.stored({ prompt: 'anywhere' });
      await kit.stored({ prompt: 'eu', embedderRegions: ['eu'] });
      await kit.stored({ prompt: 'us', embedderRegions: ['us'] });
      await kit.stored({ prompt: 'nowhere', embedderRegions: [] });
      await kit.stored({ prompt: 'of before' });
      await rows(`UPDATE semantic_entries SET embedder_regions = DEFAULT WHERE prompt = 'of before'`);
      const shown: string[] = [];
      const embedAt = (id: string, server: BackgroundEmbedder['server']): Promise<number> =>
        kit.store.reembed({ ...embedder(id, (text) => (shown.push(text), at(0, 16))), server });
      expect(await embedAt('test/embedder@2', { region: null })).toBe(1);
      expect(shown.splice(0)).toEqual(['anywhere']);
      expect(await embedAt('test/embedder@3', { region: 'eu' })).toBe(2);
      expect(shown.splice(0).sort()).toEqual(['anywhere', 'eu']);
      expect(await embedAt('test/embedder@4', null)).toBe(5); // in this process
    });

    it('shows no prompt to the next one when the embedder changes in between', async () => {
      await kit.stored({ embedderRegions: [] });
      const asked: string[] = [];
      let reads = 0;
      const changing: BackgroundEmbedder = {
        get id() {
          return reads++ === 0 ? 'test/embedder@2' : 'test/embedder@3';
        },
        server: null,
        embedAll: (texts) => (asked.push(...texts), Promise.resolve(texts.map(() => at(0, 16)))),
      };
      await expect(kit.store.reembed(changing)).rejects.toThrow('changed');
      expect(asked).toEqual([]);
    });

    it('goes on where it stopped, the newest first', async () => {
      for (let i = 0; i < 100; i++) {
        await kit.stored({ vector: at(i), scope: `${i % 10}` });
        clock.advance(10);
      }
      expect(await kit.store.reembed(wider, 50)).toBe(64); // whole batches
      expect(await kit.store.reembed(wider, 50)).toBe(36);
      expect(await kit.store.reembed(wider, 50)).toBe(0);
    });

    it('comes to the others past many that cannot be embedded, and to what came since', async () => {
      await kit.stored({ prompt: 'good', says: 'good' });
      clock.advance(10);
      for (let i = 0; i < 70; i++) await kit.stored({ prompt: `odd ${i}`, vector: at(i), scope: `${i % 10}` });
      const seen: string[] = [];
      const picky = embedder('test/embedder@2', (text) => (seen.push(text), text === 'good' ? at(0, 16) : null));
      expect(await kit.store.reembed(picky, 64)).toBe(0);
      expect(await kit.store.reembed(picky, 64)).toBe(1);
      expect(new Set(seen)).toHaveProperty('size', 71);
      expect(seen).toHaveLength(71); // each once
      clock.advance(10);
      await kit.stored({ prompt: 'good', says: 'new', scope: 'other' });
      expect(await kit.store.reembed(picky, 64)).toBe(1);
    });

    it('passes over what it cannot embed or open, and gives up when the embedder fails or is not known yet', async () => {
      await kit.stored({ prompt: 'odd' });
      await kit.stored({ prompt: 'good', says: 'good' });
      const picky = embedder('test/embedder@2', (text) => (text === 'odd' ? null : at(0, 16)));
      expect(await kit.store.reembed(picky)).toBe(1);
      expect(await kit.found(newOne)).toEqual(['good']);
      const broken = { id: 'test/embedder@3', server: null, embedAll: () => Promise.reject(new Error('out of order')) };
      await expect(kit.store.reembed(broken)).rejects.toThrow('out of order');
      expect(await kit.store.reembed(embedder(null, () => at(0)))).toBe(0);
      expect(await count()).toBe(2);
    });
  });
});
