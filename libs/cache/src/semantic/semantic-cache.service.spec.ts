import { Logger } from '@nestjs/common';
import { executionPlanSchema, type SemanticMode } from '@relay/contracts';
import { RedisConnections } from '@relay/database';
import type { EmbeddingService } from '@relay/embedding';
import { FakeClock, type TestDatabase } from '@relay/testing';
import { cachedAnswer } from '../../test/cached-answer.builder';
import { at, EMBEDDER, hex, scopeIdOf, StoreKit } from '../../test/semantic-store-kit';
import { ORIGIN } from '../../test/question-origin';
import { storeBackends } from '../../test/store-backends';
import type { CachedAnswer } from '../domain/cached-answer';
import { Invalidations } from '../invalidation/invalidations.service';
import { AnswerJudge } from './judges/answer-judge';
import type { ModelQuestion } from './judges/model-asker.port';
import { LabelBook } from './labels/label-book.service';
import { LabelStore } from './labels/label-store';
import { SemanticCache, type SemanticQuestion, type SemanticVerdict } from './semantic-cache.service';

const HOUR_MS = 3_600_000;
const ALWAYS = 0; // a draw below every share
const NEVER = 1;
/** Degrees at which questions lie: 10 degrees apart is a cosine of 0.985. */
const ANGLES: Readonly<Record<string, number>> = {
  'How do I change my password?': 0,
  'How can I change my password?': 10,
  'What is the way to change a password?': 20,
  'Please, how do I change my password?': -9,
  'Convert 5 miles to km': 100,
  'Convert 6 miles to km': 101,
  'Convert 7 miles to km': 130,
  'What are 6 miles in km?': 121,
};
const TERMS = executionPlanSchema.shape.cache.shape.semantic.parse({
  mode: 'static',
  threshold: 0.95,
  maxErrorPerHit: 0.2,
  ttlMs: HOUR_MS,
  evidence: 'default',
  maxTurns: 3,
  maxTemperature: 1,
  judge: { kind: 'equality', model: null, minSimilarity: 0.9 },
  labelShare: 0.5,
  recheckShare: 0.5,
});

// One of them: the store itself is tested on both.
describe.each(storeBackends('the semantic cache', 'semantic_cache').slice(0, 1))(
  'the semantic cache on %s',
  (_name, open) => {
    let database: TestDatabase;
    let clock: FakeClock;
    let kit: StoreKit;
    let labels: LabelBook;
    let invalidations: Invalidations;
    let cache: SemanticCache;
    let asked: ModelQuestion[];
    let verdict: string | null;
    let isAway: boolean;
    let embeddedFor: string[];
    let server: EmbeddingService['server'];

    beforeAll(async () => {
      database = await open();
    }, 60_000);
    afterAll(() => database?.close());

    beforeEach(async () => {
      Logger.overrideLogger(false);
      await database.dataSource.query('TRUNCATE semantic_entries, semantic_hits, semantic_labels');
      [asked, verdict, isAway, server, embeddedFor] = [[], null, false, null, []];
      clock = new FakeClock(Date.now());
      kit = new StoreKit(database.dataSource, clock);
      labels = new LabelBook(new LabelStore(database.dataSource), clock);
      invalidations = new Invalidations(clock, null, new RedisConnections({}));
      const embeddings = {
        id: EMBEDDER,
        get server() {
          return server;
        },
        embed: (text: string, owner: string) => {
          embeddedFor.push(owner);
          return Promise.resolve(isAway ? null : at(ANGLES[text] ?? 45));
        },
      } as unknown as EmbeddingService;
      const asker = {
        ask: (question: ModelQuestion) => {
          asked.push(question);
          return Promise.resolve(verdict);
        },
      };
      cache = new SemanticCache(
        embeddings,
        kit.store,
        labels,
        new AnswerJudge(embeddings, asker),
        invalidations,
        clock,
      );
    });
    afterEach(() => labels.onApplicationShutdown());

    const question = (text: string, terms: Partial<typeof TERMS> = {}, draw = NEVER): SemanticQuestion => ({
      origin: ORIGIN,
      keyId: 'key-1',
      scope: { scopeId: scopeIdOf(), owner: 't:acme', evidence: 't:acme default' },
      text,
      exactKey: hex(text),
      fromClient: true,
      terms: { ...TERMS, ...terms },
      draw,
      timeLeftMs: 1_000,
    });
    const saying = (text: string): CachedAnswer =>
      cachedAnswer({
        body: Buffer.from(JSON.stringify({ choices: [{ message: { role: 'assistant', content: text } }] })),
        createdAt: clock.now(),
        expiresAt: clock.now() + HOUR_MS,
        epoch: invalidations.epoch,
      });
    const told = ({ hit }: SemanticVerdict): string | undefined =>
      hit?.answer.body.toString().match(/"content":"([^"]*)"/)?.[1];

    /** Asks, learns from the answer that it would get, and says what came of the look-up. */
    async function ask(asking: SemanticQuestion, answer: string): Promise<SemanticVerdict> {
      const found = await cache.lookUp(asking);
      if (!found.hit) cache.learn(asking, found, saying(answer));
      await cache.settled();
      return found;
    }

    it('answers a question like one that was asked before', async () => {
      expect(await ask(question('How do I change my password?'), 'In Settings.')).toMatchObject({
        reason: 'no_neighbour',
      });
      const found = await ask(question('How can I change my password?'), '');
      expect(told(found)).toBe('In Settings.');
      expect(found).toMatchObject({
        reason: 'hit',
        candidate: { similarity: expect.closeTo(Math.cos(Math.PI / 18), 2) as number },
      });
    });

    it('has questions embedded for the owner of their scope, in time or late', async () => {
      isAway = true;
      await ask(question('How do I change my password?'), 'In Settings.');
      expect(embeddedFor).toEqual(['t:acme', 't:acme']);
    });

    it('lets a guard object, however alike the questions are', async () => {
      await ask(question('Convert 5 miles to km'), '8.05 km');
      const found = await ask(question('Convert 6 miles to km'), '9.66 km');
      expect(found).toMatchObject({
        reason: 'guarded',
        hit: null,
        objections: [{ guard: 'numbers' }],
        guarded: { prompt: 'Convert 5 miles to km' },
      });
      expect(cache.stats()).toMatchObject({ guarded: 1, guard_numbers: 1 });
    });

    it('names a guard as the reason where its entry would have been served, though another is near', async () => {
      await ask(question('Convert 5 miles to km'), '8.05 km');
      await ask(question('What are 6 miles in km?'), '9.66 km');
      const found = await ask(question('Convert 6 miles to km'), '9.66 km');
      expect(found).toMatchObject({
        ...{ reason: 'guarded', hit: null, guarded: { prompt: 'Convert 5 miles to km' }, threshold: 0.95 },
        candidate: { prompt: 'What are 6 miles in km?' },
      });
    });

    it.each<[SemanticMode, string]>([
      ['static', 'below_threshold'],
      ['verified', 'too_few_labels'],
    ])('names no guard as the reason of what would not have been served anyway: %s', async (mode, reason) => {
      await ask(question('Convert 7 miles to km', { mode }), '11.27 km');
      const found = await ask(question('Convert 6 miles to km', { mode }), '9.66 km');
      expect(found).toMatchObject({
        ...{ reason, hit: null, candidate: null },
        ...{ objections: [{ guard: 'numbers' }], guarded: { prompt: 'Convert 7 miles to km' } },
      });
    });

    it('names what kept the best entry back where a guard objects to one that is as far', async () => {
      await ask(question('Convert 7 miles to km'), '11.27 km');
      await ask(question('What are 6 miles in km?'), '9.66 km');
      const found = await ask(question('Convert 6 miles to km'), '9.66 km');
      expect(found).toMatchObject({ reason: 'below_threshold', candidate: { prompt: 'What are 6 miles in km?' } });
    });

    it('keeps nothing where the embedder has become one that may not see the question', async () => {
      const origin = { ...ORIGIN, regions: ['eu'] };
      const asking = { ...question('How do I change my password?'), origin };
      expect(cache.mayEmbed(origin)).toBe(true);
      const found = await cache.lookUp(asking);
      server = { region: 'us' };
      cache.learn(asking, found, saying('In Settings.'));
      await cache.settled();
      expect(cache.mayEmbed(origin)).toBe(false);
      expect(cache.stats()).toMatchObject({ embedder_elsewhere: 1 });
      expect(cache.stats()).not.toHaveProperty('insert');
    });

    it('keeps with an entry where its question may be embedded', async () => {
      for (const [text, origin] of [
        ['How do I change my password?', { ...ORIGIN, regions: ['eu'] }],
        ['Convert 5 miles to km', { ...ORIGIN, providers: ['mistral'] }],
      ] as const)
        await ask({ ...question(text), origin }, 'In Settings.');
      const stored = await database.dataSource.query<unknown[]>(
        'SELECT embedder_regions FROM semantic_entries ORDER BY embedder_regions DESC',
      );
      expect(stored).toEqual([{ embedder_regions: ['eu'] }, { embedder_regions: [] }]);
    });

    it.each([
      [undefined, false],
      [{ keep: true }, false],
      [{ keep: false }, true],
    ])('keeps what a tenant asked, whose payloads are %p, hidden: %p', async (payloads, hidden) => {
      const { principal } = ORIGIN;
      const origin = { ...ORIGIN, principal: { ...principal, tenant: { ...principal.tenant, payloads } } };
      await ask({ ...question('How do I change my password?'), origin }, 'In Settings.');
      expect(await database.dataSource.query('SELECT hidden FROM semantic_entries')).toEqual([{ hidden }]);
    });

    it('serves nothing below the threshold', async () => {
      await ask(question('How do I change my password?'), 'In Settings.');
      expect(await ask(question('What is the way to change a password?'), 'In Settings.')).toMatchObject({
        reason: 'below_threshold',
        hit: null,
      });
    });

    it.each(['shadow', 'verified'] as const)('serves nothing in mode %s before it has learned enough', async (mode) => {
      await ask(question('How do I change my password?', { mode }), 'In Settings.');
      const asking = question('How can I change my password?', { mode });
      expect(cache.mayServe(asking)).toBe(false);
      expect(await ask(asking, 'In Settings.')).toMatchObject({ reason: 'too_few_labels', hit: null });
    });

    it.each<[SemanticMode, string | undefined, string]>([
      ['verified', 'In Settings.', 'hit'],
      ['shadow', undefined, 'shadow'],
    ])('in mode %s says %p once its labels prove the budget', async (mode, answer, reason) => {
      await ask(question('How do I change my password?', { mode }), 'In Settings.');
      await learnFrom(100, true);
      const found = await cache.lookUp(question('How can I change my password?', { mode }));
      expect(told(found)).toBe(answer);
      expect(found.reason).toBe(reason);
    });

    async function learnFrom(count: number, correct: boolean): Promise<void> {
      labels.state('t:acme default', EMBEDDER, TERMS.maxErrorPerHit);
      await clock.advanceAsync(1_000);
      for (let i = 0; i < count; i++) {
        const label = { similarity: 0.7 + i / 10_000, correct, weight: 1, at: clock.now(), source: 'miss' } as const;
        labels.add('t:acme default', EMBEDDER, label, 'entry');
      }
      clock.advance(2_000);
    }

    it('learns from a miss beside an entry: an equal answer becomes an alias of it', async () => {
      await ask(question('How do I change my password?', { mode: 'verified' }), 'In Settings.');
      await ask(question('How can I change my password?', { mode: 'verified' }, ALWAYS), 'In  settings.');
      const { data } = await kit.store.list({ limit: 10 });
      expect(data.filter(({ aliasOf }) => aliasOf !== null)).toMatchObject([
        { prompt: 'How can I change my password?' },
      ]);
      expect(cache.stats()).toMatchObject({ insert: 1, alias: 1, label_right: 1 });
    });

    it('learns from a miss beside an entry: another answer makes the entry harder to hit', async () => {
      await ask(question('How do I change my password?', { mode: 'verified' }), 'In Settings.');
      await ask(question('How can I change my password?', { mode: 'verified' }, ALWAYS), 'Call us.');
      const { data } = await kit.store.list({ limit: 10 });
      expect(data.filter(({ minSimilarity }) => minSimilarity !== null)).toMatchObject([
        { prompt: 'How do I change my password?', minSimilarity: expect.closeTo(0.995, 2) as number },
      ]);
      expect(cache.stats()).toMatchObject({ insert: 2, label_wrong: 1 });
    });

    it.each([
      ['is joined to that answer by a judge that costs nothing', TERMS.judge, 1],
      ['is left alone where each verdict is paid for', { kind: 'llm', model: 'judge', minSimilarity: 0.9 } as const, 0],
    ])('learns from a miss between two entries: the answer of the other one %s', async (_what, judge, aliases) => {
      verdict = 'NO';
      await ask(question('How do I change my password?', { mode: 'verified' }), 'In Settings.');
      await ask(question('What is the way to change a password?', { mode: 'verified' }), 'Call us.');
      const asking = question('How can I change my password?', { mode: 'verified', judge }, ALWAYS);
      expect((await ask(asking, judge.kind === 'llm' ? 'By phone.' : 'Call us.')).candidate?.prompt).toBe(
        'How do I change my password?',
      );
      const { data } = await kit.store.list({ limit: 10 });
      expect(data.filter(({ aliasOf }) => aliasOf !== null)).toHaveLength(aliases);
      expect(asked).toHaveLength(1 - aliases);
      expect(cache.stats()).toMatchObject({ label_wrong: 1 });
      const records = (await kit.nearest({ vector: at(10) })).map(({ prompt, record }) => [prompt, record !== null]);
      expect(records).toContainEqual(['How do I change my password?', true]);
    });

    it.each([
      ['the same question again', {}],
      ['what the relay asks by itself', { text: 'How can I change my password?', fromClient: false }],
    ])('learns nothing from %s', async (_what, change) => {
      await ask(question('How do I change my password?', { mode: 'verified' }), 'In Settings.');
      const again = { ...question('How do I change my password?', { mode: 'verified' }, ALWAYS), ...change };
      await ask(again, 'Call us.');
      expect(cache.stats()).not.toHaveProperty('label_wrong');
      expect(cache.stats()).not.toHaveProperty('label_right');
    });

    it('asks a part of its hits again, and tightens the entry whose answer does not hold', async () => {
      await ask(question('How do I change my password?'), 'In Settings.');
      const asking = question('How can I change my password?', {}, ALWAYS);
      const served = await cache.lookUp(asking);
      expect([cache.drawnForRecheck(asking), cache.drawnForRecheck({ ...asking, draw: NEVER })]).toEqual([0.5, null]);
      cache.recheck(asking, served, saying('Call us.'), 0.5);
      await cache.settled();
      const later = await cache.lookUp(asking);
      expect([told(later), later.candidate?.prompt]).toEqual(['Call us.', asking.text]); // it has an entry of its own now
      const near = await cache.lookUp({ ...asking, text: 'Please, how do I change my password?' });
      expect(near).toMatchObject({ reason: 'below_entry_threshold', hit: null });
    });

    it('lets a label stand for as many pairs as the odds say that it was drawn from', async () => {
      await ask(question('How do I change my password?'), 'In Settings.');
      await ask(question('What is the way to change a password?', {}, 0.3), 'Call us.'); // below labelShare: 0.5
      const asking = question('How can I change my password?', {}, ALWAYS);
      cache.recheck(asking, await cache.lookUp(asking), saying('In Settings.'), 0.25);
      await cache.settled();
      await labels.onApplicationShutdown();
      expect(
        await database.dataSource.query('SELECT source, correct, weight FROM semantic_labels ORDER BY weight'),
      ).toEqual([
        { source: 'miss', correct: false, weight: 2 },
        { source: 'hit', correct: true, weight: 4 },
      ]);
    });

    it.each([
      ['YES', 'In Settings.', 'hit'],
      ['No.', undefined, 'not_confirmed'],
      ['perhaps', undefined, 'not_confirmed'],
      [null, undefined, 'not_confirmed'],
    ])('in mode validated, when the verifier says %p, serves %p', async (says, answer, reason) => {
      await ask(question('How do I change my password?'), 'In Settings.');
      verdict = says;
      const judge = { ...TERMS.judge, model: 'judge' };
      const found = await cache.lookUp(question('How can I change my password?', { mode: 'validated', judge }));
      expect([told(found), found.reason]).toEqual([answer, reason]);
      expect(asked).toMatchObject([{ model: 'judge', purpose: 'verify', origin: ORIGIN, timeoutMs: 1_000 }]);
      expect(asked[0]?.prompt).toContain('How do I change my password?');
    });

    it.each<[Partial<typeof TERMS>, string]>([
      [{ mode: 'validated', judge: { ...TERMS.judge, model: 'judge' } }, 'unverified'],
      [{}, 'hit'],
    ])('pays no verifier and counts nothing for what the relay asks by itself: %p', async (terms, reason) => {
      await ask(question('How do I change my password?'), 'In Settings.');
      verdict = 'YES';
      const before = cache.stats();
      const asking = { ...question('How can I change my password?', terms), fromClient: false };
      const found = await cache.lookUp(asking);
      expect(found).toMatchObject({ reason, candidate: { prompt: 'How do I change my password?' } });
      expect(asked).toEqual([]);
      expect(cache.stats()).toEqual(before);
    });

    it('counts a hit, for its entry too, once it is served', async () => {
      await ask(question('How do I change my password?'), 'In Settings.');
      const hits = async (): Promise<unknown> => {
        await kit.store.flushHits();
        return (await kit.store.list({ limit: 10 })).data.map((entry) => entry.hits);
      };
      const { hit } = await cache.lookUp(question('How can I change my password?'));
      expect([cache.stats()['hit'], await hits()]).toEqual([undefined, [0]]);
      if (hit) cache.served(hit);
      expect([cache.stats()['hit'], await hits()]).toEqual([1, [1]]);
    });

    it('does not keep an answer that was invalidated while it was made', async () => {
      const asking = question('How do I change my password?');
      const found = await cache.lookUp(asking);
      const fresh = saying('In Settings.');
      await invalidations.invalidate({ tenant: 'acme' });
      cache.learn(asking, found, fresh);
      await cache.settled();
      expect((await kit.store.list({ limit: 10 })).data).toEqual([]);
      expect(cache.stats()).toMatchObject({ insert_void: 1 });
    });

    it('does not keep an answer that was invalidated, and looked for to be removed, while it was written', async () => {
      const asking = question('How do I change my password?');
      const found = await cache.lookUp(asking);
      const insert = kit.store.insert.bind(kit.store);
      jest.spyOn(kit.store, 'insert').mockImplementationOnce(async (entry) => {
        await invalidations.invalidate({ tenant: 'acme' });
        await kit.store.remove({ tenant: 'acme' });
        return insert(entry);
      });
      cache.learn(asking, found, saying('In Settings.'));
      await cache.settled();
      expect((await kit.store.list({ limit: 10 })).data).toEqual([]);
      expect(cache.stats()).toMatchObject({ insert_void: 1 });
      expect(cache.stats()).not.toHaveProperty('insert');
    });

    it('does not serve what was invalidated and not removed yet', async () => {
      await ask(question('How do I change my password?'), 'In Settings.');
      await invalidations.invalidate({ model: 'small' });
      expect(await cache.lookUp(question('How can I change my password?'))).toMatchObject({ reason: 'no_neighbour' });
    });

    it('keeps an answer whose question got its embedding too late for the look-up', async () => {
      const asking = question('How do I change my password?');
      isAway = true;
      const found = await cache.lookUp(asking);
      expect(found.reason).toBe('no_embedding');
      isAway = false; // the embedder has started meanwhile
      cache.learn(asking, found, saying('In Settings.'));
      await cache.settled();
      expect(told(await cache.lookUp(question('How can I change my password?')))).toBe('In Settings.');
      isAway = true;
      const never = question('Convert 5 miles to km');
      cache.learn(never, await cache.lookUp(never), saying('8 km'));
      await cache.settled();
      expect(cache.stats()).toMatchObject({ insert: 1, insert_no_embedding: 1 });
    });

    it('misses while there is no embedding, and while the store fails', async () => {
      await ask(question('How do I change my password?'), 'In Settings.');
      isAway = true;
      expect(await ask(question('How can I change my password?'), '')).toMatchObject({
        reason: 'no_embedding',
        hit: null,
      });
      isAway = false;
      jest.spyOn(kit.store, 'nearest').mockRejectedValueOnce(new Error('away'));
      expect(await ask(question('How can I change my password?'), '')).toMatchObject({
        reason: 'store_failed',
        hit: null,
      });
    });
  },
);
