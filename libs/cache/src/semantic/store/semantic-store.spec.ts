import { Logger } from '@nestjs/common';
import { FakeClock, type TestDatabase } from '@relay/testing';
import { at, EMBEDDER, hex, scopeIdOf, StoreKit } from '../../../test/semantic-store-kit';
import { recordAfter } from '../../domain/semantic/surroundings';
import { storeBackends } from '../../../test/store-backends';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe.each(storeBackends('the semantic store', 'relay_semantic'))('the semantic store on %s', (name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let kit: StoreKit;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE semantic_entries, semantic_hits');
    clock = new FakeClock();
    kit = new StoreKit(database.dataSource, clock);
  });

  describe('a look-up', () => {
    it('finds the nearest first, with prompt, similarity and the whole answer', async () => {
      const far = kit.entry({ vector: at(60), prompt: 'far' });
      const near = kit.entry({ vector: at(10), prompt: 'near' });
      await kit.store.insert(far);
      await kit.store.insert(near);
      const found = await kit.nearest();
      expect(found.map(({ prompt }) => prompt)).toEqual(['near', 'far']);
      expect(found[0]?.similarity).toBeCloseTo(Math.cos(Math.PI / 18), 3);
      expect(found[0]?.minSimilarity).toBeNull();
      expect(found[0]?.exactKey).toBe(near.exactKey);
      expect(found[0]?.answer).toEqual({
        ...near.answer,
        labels: [...near.answer.labels, `entry:${found[0]?.entryId}`],
      });
      expect(await kit.nearest({}, 1)).toHaveLength(1);
    });

    it('never leaves its scope, its owner or its embedder, however equal the vectors are', async () => {
      await kit.stored({ says: 'mine' });
      await kit.stored({ owner: 't:globex', says: 'of another tenant' });
      await kit.stored({ scope: 'other system prompt', says: 'of another scope' });
      await kit.stored({ embedderId: 'test/embedder@2', says: 'of another embedder', prompt: 'x' });
      await kit.stored({ vector: at(0, 16), says: 'of other dimensions', prompt: 'y' });
      expect(await kit.found()).toEqual(['mine']);
      expect(await kit.found({ owner: 't:globex' })).toEqual(['of another tenant']);
      expect(await kit.found({ owner: 't:initech' })).toEqual([]);
    });

    it('finds nothing that has expired', async () => {
      await kit.stored({ says: 'short', ttlMs: MINUTE_MS });
      await kit.stored({ says: 'long', vector: at(1) });
      clock.advance(MINUTE_MS);
      expect(await kit.found()).toEqual(['long']);
    });

    it('passes over rows that cannot be read, and counts them', async () => {
      const garbage = await kit.stored({ says: 'garbage' });
      await kit.stored({ says: 'whole', vector: at(5) });
      const sql = `UPDATE semantic_entries SET answer = '\\xc50200deadbeef' WHERE id = $1`;
      await database.dataSource.query(sql, [garbage]);
      expect(await kit.found()).toEqual(['whole']);
      expect(kit.store.stats()).toMatchObject({ lookUps: 1, unreadable: 1, failedLookUps: 0 });
    });

    it('finds nothing for a vector without direction', async () => {
      await kit.stored();
      expect(await kit.found({ vector: new Float32Array(8) })).toEqual([]);
      expect(await kit.found({ vector: new Float32Array(8).fill(NaN) })).toEqual([]);
    });
  });

  describe('an insert', () => {
    it('takes the place of an earlier answer to the same request', async () => {
      const first = await kit.stored({ prompt: 'q', says: 'old' });
      expect(await kit.stored({ prompt: 'q', says: 'new' })).toBe(first);
      expect(await kit.found()).toEqual(['new']);
    });

    it('survives any text', async () => {
      await kit.stored({ prompt: 'a\0b\ud800c', keyId: 'k\0', labels: ['tenant:acme', 'tag:\0\udfff'] });
      expect((await kit.nearest()).map(({ prompt }) => prompt)).toEqual(['a\ufffdb\ufffdc']);
    });

    it('refuses what is too large and vectors that no index takes', async () => {
      expect(await kit.insert({ prompt: 'x'.repeat(65_537) })).toEqual({ kind: 'refused', reason: 'too_large' });
      expect(await kit.insert({ says: 'x'.repeat(100_001) })).toEqual({ kind: 'refused', reason: 'too_large' });
      expect(await kit.insert({ vector: new Float32Array(4_001).fill(0.01) })).toEqual({
        kind: 'refused',
        reason: 'invalid',
      });
      expect(await kit.insert({ vector: new Float32Array(8) })).toEqual({ kind: 'refused', reason: 'invalid' });
      expect(kit.store.stats().refused).toMatchObject({ too_large: 2, invalid: 2 });
    });

    it('is allowed to each API key so many times a minute', async () => {
      kit = new StoreKit(database.dataSource, clock, { maxInsertsPerKeyPerMinute: 2 });
      await kit.stored();
      await kit.stored({ vector: at(30) });
      expect(await kit.insert()).toEqual({ kind: 'refused', reason: 'rate' });
      expect(await kit.insert({ keyId: 'key-2' })).toMatchObject({ kind: 'stored' });
      clock.advance(MINUTE_MS);
      expect(await kit.insert()).toMatchObject({ kind: 'stored' });
    });

    it('lets a thousand near-duplicates of one key at once fill no more than their share, and nobody else', async () => {
      kit = new StoreKit(database.dataSource, clock, { maxInsertsPerKeyPerMinute: 10_000, maxNearDuplicates: 20 });
      const flood = (count: number, from: number) =>
        Promise.all(Array.from({ length: count }, (_, i) => kit.insert({ vector: at(((from + i) % 100) / 100) })));
      const outcomes = [];
      for (let from = 0; from < 1_000; from += 250) outcomes.push(...(await flood(250, from)));
      expect(outcomes.filter(({ kind }) => kind === 'stored')).toHaveLength(20);
      expect(await kit.insert({ vector: at(0) })).toEqual({ kind: 'refused', reason: 'near_duplicates' });
      expect(await kit.insert({ vector: at(0), keyId: 'key-2' })).toMatchObject({ kind: 'stored' });
      expect(await kit.insert({ vector: at(0), owner: 't:globex' })).toMatchObject({ kind: 'stored' });
      expect(await kit.insert({ vector: at(45) })).toMatchObject({ kind: 'stored' });
    });

    it('is refused to every key around a prompt that many keys have crowded', async () => {
      kit = new StoreKit(database.dataSource, clock, { maxNearDuplicates: 1 });
      for (let i = 0; i < 10; i++) await kit.stored({ vector: at(i / 10), keyId: `key-${i}` });
      expect(await kit.insert({ keyId: 'another' })).toEqual({ kind: 'refused', reason: 'near_duplicates' });
      expect(await kit.insert({ keyId: 'another', vector: at(45) })).toMatchObject({ kind: 'stored' });
    });

    it('waits in a line that has an end', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 300 }, (_, i) => kit.insert({ vector: at(i), scope: `${i}` })),
      );
      const busy = outcomes.filter((outcome) => outcome.kind === 'refused' && outcome.reason === 'busy');
      expect(busy).toHaveLength(300 - 256);
    });
  });

  describe('an alias', () => {
    it('is found by its own prompt and has the answer of the entry that it repeats', async () => {
      const source = await kit.stored({
        says: 'the answer',
        prompt: 'source',
        labels: ['tenant:a', 'model:x'],
        epoch: 3,
      });
      const alias = await kit.stored({
        says: 'the same in other words',
        prompt: 'alias',
        vector: at(40),
        aliasOf: source,
        labels: ['tenant:b'],
        epoch: 7,
        ttlMs: 2 * HOUR_MS,
      });
      const [found] = await kit.nearest({ vector: at(40) }, 1);
      expect(found).toMatchObject({ entryId: alias, prompt: 'alias', answerId: source, record: null });
      expect(found?.answer.body.toString()).toContain('the answer');
      expect(found?.answer).toMatchObject({ epoch: 3, expiresAt: clock.now() + 2 * HOUR_MS });
      expect(found?.answer.labels).toEqual(
        expect.arrayContaining(['tenant:a', 'model:x', 'tenant:b', `entry:${alias}`]),
      );
    });

    it('shares the record of its answer: what was said of either counts for both', async () => {
      const source = await kit.stored({ says: 'the answer' });
      const alias = await kit.stored({ vector: at(40), aliasOf: source });
      const records = async (): Promise<(number | null)[]> => (await kit.nearest()).map(({ record }) => record);
      await kit.store.noteVerdict(alias, false);
      const once = recordAfter(null, false);
      expect(await records()).toEqual([expect.closeTo(once), expect.closeTo(once)]);
      await kit.store.noteVerdict(source, true);
      const twice = recordAfter(once, true);
      expect(await records()).toEqual([expect.closeTo(twice), expect.closeTo(twice)]);
    });

    it('has no record of an answer that is replaced by another one', async () => {
      const source = await kit.stored({ prompt: 'asked again' });
      await kit.stored({ vector: at(40), aliasOf: source });
      await kit.store.noteVerdict(source, true);
      await kit.stored({ prompt: 'asked again', says: 'another answer' });
      expect((await kit.nearest()).map(({ record }) => record)).toEqual([null, null]);
    });

    // The embedded database has one connection: nobody waits for anybody.
    (name === 'PostgreSQL' ? it : it.skip)('of an entry that becomes one meanwhile keeps its own answer', async () => {
      const source = await kit.stored({ says: 'first' });
      const other = await kit.stored({ says: 'other', vector: at(20) });
      const [holder, watcher] = [database.dataSource.createQueryRunner(), database.dataSource.createQueryRunner()];
      await holder.query('BEGIN');
      const change =
        'UPDATE semantic_entries SET alias_of = $2, answer = NULL, answer_id = NULL, codec = NULL WHERE id = $1';
      await holder.query(change, [source, other]);
      const storing = kit.stored({ says: 'own', vector: at(40), aliasOf: source });
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while (((await watcher.query(waiting)) as unknown[]).length === 0);
      await holder.query('COMMIT');
      await Promise.all([holder.release(), watcher.release()]);
      expect((await kit.store.find(await storing, null))?.aliasOf).toBeNull();
      expect(await kit.found({ vector: at(40) }, 1)).toEqual(['own']);
    });

    it('is not found while its source is out of service, near by or far, which is no fault of its text', async () => {
      for (const angle of [0, 90]) {
        const source = await kit.stored({ vector: at(angle), prompt: `source ${angle}` });
        const alias = await kit.stored({ vector: at(1), prompt: `alias ${angle}`, aliasOf: source });
        const found = async (): Promise<boolean> =>
          (await kit.nearest({ vector: at(1) }, angle === 0 ? 5 : 1)).some(({ entryId }) => entryId === alias);
        expect(await found()).toBe(true);
        await database.dataSource.query("UPDATE semantic_entries SET status = 'quarantined' WHERE id = $1", [source]);
        expect(await found()).toBe(false);
        await kit.store.remove({ entry: alias });
      }
      expect(kit.store.stats().unreadable).toBe(0);
    });

    it('of an alias shares the answer of the first', async () => {
      const source = await kit.stored({ says: 'first' });
      const alias = await kit.stored({ vector: at(20), aliasOf: source });
      const second = await kit.stored({ vector: at(40), aliasOf: alias });
      expect((await kit.store.find(second, null))?.aliasOf).toBe(source);
      expect(await kit.found({ vector: at(40) })).toEqual(['first', 'first', 'first']);
    });

    it('keeps its own answer when there is nothing to share: in another scope, quarantined, expired or itself', async () => {
      const foreign = await kit.stored({ owner: 't:globex', says: 'secret' });
      const bad = await kit.stored({ vector: at(90) });
      await kit.store.quarantine(bad, null);
      const old = await kit.stored({ vector: at(120), ttlMs: MINUTE_MS });
      clock.advance(MINUTE_MS);
      for (const [i, aliasOf] of [foreign, bad, old].entries())
        await kit.stored({ vector: at(i), says: `own ${i}`, aliasOf });
      const itself = await kit.stored({ vector: at(3), says: 'own', prompt: 'again' });
      await kit.stored({ vector: at(3), says: 'own 3', prompt: 'again', aliasOf: itself });
      expect(await kit.found()).toEqual(['own 0', 'own 1', 'own 2', 'own 3']);
    });

    it('moves on with the entry that it shared an answer with', async () => {
      const first = await kit.stored({ says: 'first', prompt: 'first' });
      await kit.stored({ vector: at(20), aliasOf: first });
      const second = await kit.stored({ vector: at(60), says: 'second' });
      await kit.stored({ prompt: 'first', aliasOf: second });
      expect(await kit.found()).toEqual(['second', 'second', 'second']);
    });
  });

  describe('quarantine', () => {
    it('takes an entry and all that share its answer out of service, for every process at once', async () => {
      const other = new StoreKit(database.dataSource, clock);
      const source = await kit.stored({ says: 'wrong' });
      const alias = await kit.stored({ vector: at(10), aliasOf: source });
      await kit.stored({ vector: at(20), aliasOf: source });
      await kit.stored({ vector: at(30), says: 'right' });
      expect(await other.store.quarantine(alias, 't:acme')).toEqual({
        owner: 't:acme',
        evidence: 't:acme default',
        embedderId: EMBEDDER,
        entries: 3,
      });
      expect(await kit.found()).toEqual(['right']);
    });

    it('happens once: whoever asks for it again is told that nothing changed, also of two at once', async () => {
      const source = await kit.stored({ says: 'wrong' });
      const alias = await kit.stored({ vector: at(10), aliasOf: source });
      const asked = await Promise.all([source, alias, source].map((id) => kit.store.quarantine(id, 't:acme')));
      expect(asked.map((told) => told?.entries).sort()).toEqual([0, 0, 2]);
    });

    it("leaves another owner's entries alone, and knows no id that is none", async () => {
      const entry = await kit.stored({ says: 'mine' });
      expect(await kit.store.quarantine(entry, 't:globex')).toBeNull();
      expect(await kit.store.quarantine('not an id', null)).toBeNull();
      expect(await kit.store.quarantine('018f0000-0000-7000-8000-000000000000', null)).toBeNull();
      expect(await kit.found()).toEqual(['mine']);
    });

    it('lasts until the entry expires: the same request may not bring its answer back', async () => {
      const entry = await kit.stored({ prompt: 'q', ttlMs: MINUTE_MS });
      await kit.store.quarantine(entry, null);
      expect(await kit.insert({ prompt: 'q' })).toEqual({ kind: 'refused', reason: 'quarantined' });
      expect(await kit.found()).toEqual([]);
      clock.advance(MINUTE_MS);
      expect(await kit.insert({ prompt: 'q', says: 'fresh' })).toMatchObject({ kind: 'stored' });
      expect(await kit.found()).toEqual(['fresh']);
    });
  });

  it('asks for more similarity of an entry that was wrong, and never for less again', async () => {
    const entry = await kit.stored({ prompt: 'q' });
    const asked = async () => (await kit.nearest())[0]?.minSimilarity;
    await kit.store.tighten(entry, 0.9);
    expect(await asked()).toBeCloseTo(0.9);
    await kit.store.tighten(entry, 0.8);
    expect(await asked()).toBeCloseTo(0.9);
    await kit.store.tighten(entry, 0.95);
    await kit.stored({ prompt: 'q', says: 'renewed' });
    expect(await asked()).toBeCloseTo(0.95);
  });

  it('tells whether it holds the answer to a request, for its owner', async () => {
    await kit.stored({ labels: ['tenant:acme', 'key:k'] });
    expect(await kit.store.holds({ key: 'k', owner: 't:acme' })).toBe(true);
    expect(await kit.store.holds({ key: 'k', owner: 't:globex' })).toBe(false);
    expect(await kit.store.holds({ key: 'other' })).toBe(false);
  });

  describe('removal', () => {
    const labels = (tenant: string, ...more: string[]) => [`tenant:${tenant}`, ...more];

    it('takes what has everything that is named, and counts it', async () => {
      await kit.stored({ labels: labels('a', 'model:m', 'tag:t', 'version:1'), says: '1' });
      await kit.stored({ labels: labels('a', 'model:n'), vector: at(10), says: '2' });
      await kit.stored({ labels: labels('b', 'model:m'), vector: at(20), says: '3' });
      expect(await kit.store.remove({ tenant: 'a', model: 'n', tag: 't' })).toBe(0);
      expect(await kit.store.remove({ tenant: 'a', model: 'm' })).toBe(1);
      expect(await kit.found()).toEqual(['2', '3']);
      expect(await kit.store.remove({ tenant: 'a' })).toBe(1);
      expect(await kit.store.remove({})).toBe(0);
      expect(await kit.store.remove({ all: true })).toBe(1);
      expect(await kit.found()).toEqual([]);
    });

    it('takes one entry by its id or by its exact key', async () => {
      const id = await kit.stored({ says: 'by id' });
      await kit.stored({ exactKey: hex('k'), labels: [`key:${hex('k')}`], vector: at(20) });
      await kit.stored({ vector: at(40), says: 'stays' });
      expect(await kit.store.remove({ entry: id })).toBe(1);
      expect(await kit.store.remove({ entry: hex('k') })).toBe(1);
      expect(await kit.found()).toEqual(['stays']);
    });

    it('takes aliases along with the answer they share, but not the answer with an alias', async () => {
      const source = await kit.stored({ labels: labels('a'), says: 'shared' });
      await kit.stored({ labels: labels('b'), vector: at(10), aliasOf: source });
      await kit.stored({ labels: labels('c'), vector: at(20), aliasOf: source });
      expect(await kit.store.remove({ tenant: 'b' })).toBe(1);
      expect(await kit.found()).toEqual(['shared', 'shared']);
      expect(await kit.store.remove({ tenant: 'a' })).toBe(2);
    });

    it('goes on until all are gone', async () => {
      await database.dataSource.query(
        `INSERT INTO semantic_entries (id, scope_id, owner, evidence, embedder_id, dimensions, embedding, prompt, answer, answer_id, codec,
           exact_key, key_id, labels, served_model, provider, source_trace, created_at, expires_at, stale_until, epoch, bytes)
         SELECT gen_random_uuid(), $1, 't:acme', 'e', 'm', 1, '[1]', 'p', '', gen_random_uuid(), 2, i::text, 'k', '{tag:x}', 's', 'p', 't', now(), now(), now(), 0, 1
         FROM generate_series(1, 1201) i`,
        [scopeIdOf()],
      );
      expect(await kit.store.remove({ tag: 'x' })).toBe(1_201);
    });
  });

  describe('when the database is away or hangs', () => {
    it('rejects a look-up that has no answer in time', async () => {
      const runner = database.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.query('LOCK TABLE semantic_entries');
      const asked = kit.nearest();
      const refused = expect(asked).rejects.toThrow(/no answer within 250 ms|statement timeout/);
      clock.advance(250);
      await refused;
      await runner.rollbackTransaction();
      await runner.release();
      expect(kit.store.stats().failedLookUps).toBe(1);
      expect(await kit.found()).toEqual([]);
    });

    it('does not ask it for a second after three failures in a row', async () => {
      await kit.stored({ says: 'here' });
      await database.dataSource.query('ALTER TABLE semantic_entries RENAME TO semantic_entries_away');
      for (let i = 0; i < 3; i++) {
        await expect(kit.nearest()).rejects.toThrow('does not exist');
        clock.advance(50);
      }
      await database.dataSource.query('ALTER TABLE semantic_entries_away RENAME TO semantic_entries');
      await expect(kit.nearest()).rejects.toThrow('a pause');
      clock.advance(950);
      expect(await kit.found()).toEqual(['here']);
    });
  });
});
