import { FakeClock, type TestDatabase } from '@relay/testing';
import { at, StoreKit } from '../../../test/semantic-store-kit';
import { storeBackends } from '../../../test/store-backends';

const SECRET = { RELAY_ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef' };
const OTHER_SECRET = { RELAY_ENCRYPTION_KEY: 'another secret of at least 32 ch.' };
const ROTATED = { ...OTHER_SECRET, RELAY_ENCRYPTION_KEY_PREVIOUS: SECRET.RELAY_ENCRYPTION_KEY };

describe.each(storeBackends('entries of the semantic store', 'relay_entries'))('entries on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;

  const kitWith = (environment: Record<string, string> = {}): StoreKit =>
    new StoreKit(database.dataSource, clock, {}, environment);

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE semantic_entries, semantic_hits');
    clock = new FakeClock();
  });

  describe.each([
    ['plain', {}],
    ['sealed', SECRET],
  ])('%s', (_kind, environment) => {
    let kit: StoreKit;
    beforeEach(() => {
      kit = kitWith(environment);
    });

    const prompts = async (query: Partial<Parameters<StoreKit['store']['list']>[0]>): Promise<(string | null)[]> =>
      (await kit.store.list({ limit: 50, ...query })).data.map(({ prompt }) => prompt);
    const fill = async (...texts: string[]): Promise<void> => {
      for (const [i, prompt] of texts.entries()) {
        clock.advance(1);
        await kit.stored({ prompt, vector: at(i * 20) });
      }
    };

    it('are listed newest first, page by page', async () => {
      await fill('a', 'b', 'c', 'd', 'e');
      const seen: (string | null)[] = [];
      let cursor: string | undefined;
      do {
        const page = await kit.store.list({ limit: 2, cursor });
        seen.push(...page.data.map(({ prompt }) => prompt));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
      await expect(prompts({ cursor: 'bogus' })).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('that are hidden are served and listed, but show nobody what was asked and answered', async () => {
      const id = await kit.stored({ prompt: 'secret', says: 'hush', hidden: true });
      const alias = await kit.stored({ prompt: 'open', vector: at(20), aliasOf: id });
      expect(await kit.found()).toEqual(['hush', 'hush']);
      expect((await prompts({})).sort()).toEqual([null, 'open']);
      expect(await prompts({ q: 'e' })).toEqual(['open']);
      expect(await kit.store.find(id, null)).toMatchObject({ prompt: null, answer: null });
      expect(await kit.store.find(alias, null)).toMatchObject({ prompt: 'open', answer: null });
      expect(await kit.store.neighbours(id)).toMatchObject({ prompt: null, neighbours: [{ prompt: 'open' }] });
      expect(await kit.store.neighbours(alias)).toMatchObject({ neighbours: [{ id, prompt: null }] });
    });

    it('are told with everything but their answer, and one alone with it', async () => {
      const labels = ['tenant:acme', 'version:1', 'model:fast', 'model:small', 'tag:faq'];
      const id = await kit.stored({ prompt: 'what?', says: 'that', labels });
      const view = {
        ...{
          id,
          kind: 'semantic',
          owner: 't:acme',
          tags: ['faq'],
          model: 'fast',
          servedModel: 'small',
          provider: 'mock',
        },
        ...{ sourceTrace: 'trace-1', costUsd: '0.000001', hits: 0, status: 'active', prompt: 'what?', answer: null },
        ...{ aliasOf: null, minSimilarity: null, createdAt: '2026-01-01T00:00:00.000Z' },
      };
      expect((await kit.store.list({ limit: 5 })).data).toMatchObject([view]);
      expect(await kit.store.find(id, 'acme')).toMatchObject({ ...view, answer: 'that' });
      expect(await kit.store.find(id, 'globex')).toBeNull();
      expect(await kit.store.find('nothing of ours', null)).toBeNull();
    });

    it('are searched by part of the prompt, whatever its case, signs of patterns included', async () => {
      await fill('Reset my PASSWORD', 'cancel 50% of it', 'password?', 'snake_case');
      expect(await prompts({ q: 'password' })).toEqual(['password?', 'Reset my PASSWORD']);
      expect(await prompts({ q: '%' })).toEqual(['cancel 50% of it']);
      expect(await prompts({ q: '_' })).toEqual(['snake_case']);
      expect((await kit.store.list({ limit: 1, q: 'password' })).nextCursor).not.toBeNull();
    });

    it('are filtered by tenant, model and status', async () => {
      await kit.stored({ prompt: 'a', labels: ['tenant:a', 'model:m'] });
      const bad = await kit.stored({ prompt: 'b', labels: ['tenant:b', 'model:m'], vector: at(90) });
      await kit.store.quarantine(bad, null);
      expect(await prompts({ tenant: 'a' })).toEqual(['a']);
      expect(await prompts({ model: 'm', status: 'quarantined' })).toEqual(['b']);
      expect(await prompts({ model: 'n' })).toEqual([]);
      expect(await kit.store.counts()).toEqual([{ owner: 't:acme', active: 1, quarantined: 1 }]);
      expect(await kit.store.counts('a')).toEqual([{ owner: 't:acme', active: 1, quarantined: 0 }]);
    });
  });

  describe('with an encryption key', () => {
    it('show nothing of prompts and answers in the table', async () => {
      await kitWith(SECRET).stored({ prompt: 'my secret question', says: 'a secret answer' });
      const [row] = await database.dataSource.query<{ text: string }[]>(
        `SELECT semantic_entries::text || encode(coalesce(sealed_prompt, ''), 'escape') || encode(answer, 'escape') AS text FROM semantic_entries`,
      );
      expect(row?.text).not.toContain('secret');
    });

    it('are not found with another key, without one, or when they were plain; nobody fails', async () => {
      await kitWith(SECRET).stored({ says: 'sealed' });
      await kitWith().stored({ says: 'plain', vector: at(20) });
      const [wrong, none, right] = [kitWith(OTHER_SECRET), kitWith(), kitWith(SECRET)];
      expect(await wrong.found()).toEqual([]);
      expect(wrong.store.stats().unreadable).toBe(2);
      expect(await none.found()).toEqual(['plain']);
      expect(await right.found()).toEqual(['sealed']);
      expect((await wrong.store.list({ limit: 5 })).data.map(({ prompt }) => prompt)).toEqual([null, null]);
    });

    it('are found with a new key that knows the one before', async () => {
      await kitWith(SECRET).stored({ says: 'sealed before' });
      await kitWith(ROTATED).stored({ says: 'sealed now', vector: at(20) });
      expect(await kitWith(ROTATED).found()).toEqual(['sealed before', 'sealed now']);
      expect(await kitWith(SECRET).found()).toEqual(['sealed before']);
    });

    it('do not open at another place', async () => {
      const kit = kitWith(SECRET);
      const own = await kit.stored({ says: 'own' });
      const foreign = await kit.stored({ owner: 't:globex', says: 'foreign' });
      await database.dataSource.query(
        `UPDATE semantic_entries SET answer = (SELECT answer FROM semantic_entries WHERE id = $2),
           answer_id = (SELECT answer_id FROM semantic_entries WHERE id = $2) WHERE id = $1`,
        [own, foreign],
      );
      expect(await kit.found()).toEqual([]);
    });
  });
});
