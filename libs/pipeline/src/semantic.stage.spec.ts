import type { CachedAnswer, SemanticCache, SemanticQuestion, SemanticVerdict } from '@relay/cache';
import { HEADERS } from '@relay/contracts';
import { completionJson } from '@relay/testing';
import { succeeds } from '../test/outcomes';
import { PipelineHarness } from '../test/pipeline-harness';

type Candidate = NonNullable<SemanticVerdict['hit']>;

const MISS: SemanticVerdict = {
  reason: 'no_neighbour',
  hit: null,
  candidate: null,
  rivals: () => [],
  objections: [],
  guarded: null,
  threshold: null,
  embedderId: null,
  vector: null,
};

describe('a look-up by meaning', () => {
  let relay: PipelineHarness;
  let asked: SemanticQuestion[];

  const start = async (rules: readonly unknown[], semantic: Partial<SemanticCache> = {}): Promise<void> => {
    asked = [];
    relay = await PipelineHarness.start({
      defaults: { cache: { semantic: { mode: 'static' } }, retries: { maxAttempts: 1 } },
      provider: { region: 'eu' },
      rules,
      semantic: {
        mayServe: () => true,
        lookUp: (question) => {
          asked.push(question);
          return Promise.resolve(MISS);
        },
        learn: () => undefined,
        drawnForRecheck: () => null,
        ...semantic,
      },
    });
    relay.providers.script('a', succeeds);
  };
  afterEach(() => relay.close());

  /** Everything that was recorded, once the background has added what it has to. */
  const recorded = async (count: number): Promise<typeof relay.recorder.records> => {
    while (relay.recorder.records.length < count) await new Promise((resolve) => setImmediate(resolve));
    return relay.recorder.records;
  };

  const found = (): SemanticVerdict => {
    const createdAt = relay.clock.now() - 5_000;
    const answer: CachedAnswer = {
      ...{ body: Buffer.from(JSON.stringify(completionJson('Similar'))), status: 200, errorCode: null, epoch: 0 },
      ...{ labels: [], createdAt, expiresAt: createdAt + 10_000, staleUntil: createdAt + 10_000, sourceTraceId: 't' },
      ...{ servedModel: 'm', provider: 'a', inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: null },
      ...{ priceVersion: null, ttftMs: null, tookMs: 5 },
    };
    const hit: Candidate = {
      ...{ entryId: 'entry', exactKey: 'key', answerId: 'entry', prompt: 'Hi', answer, minSimilarity: null },
      ...{ similarity: 0.99, score: 0.9, record: null },
    };
    return { ...MISS, reason: 'hit', hit, candidate: hit };
  };

  it.each([
    ['is served', {}, true, ['entry']],
    ['the client takes none so old of', { 'cache-control': 'max-age=4' }, true, []],
    ['nobody waited for', {}, false, []],
  ])('counts a hit that %s: %p, waited for: %p', async (_what, headers, waited, counted) => {
    const hits: string[] = [];
    await start([], {
      mayServe: () => waited,
      lookUp: () => Promise.resolve(found()),
      served: ({ entryId }) => hits.push(entryId),
    });
    expect((await relay.send({ headers })).headers[HEADERS.cache]).toBe(counted.length > 0 ? 'semantic' : 'miss');
    expect(hits).toEqual(counted);
  });

  it('that served an answer asks again where it is drawn, and tells with what odds it was', async () => {
    const rechecks: [SemanticQuestion, SemanticVerdict, said: unknown, odds: number][] = [];
    let verdict = MISS;
    await start([], {
      lookUp: () => Promise.resolve(verdict),
      drawnForRecheck: () => 0.25,
      recheck: (question, served, fresh, odds) =>
        rechecks.push([question, served, JSON.parse(fresh.body.toString('utf8')), odds]),
    });
    verdict = found();
    const reply = await relay.send();
    expect([reply.json, reply.headers[HEADERS.cache]]).toEqual([completionJson('Similar'), 'semantic']);
    expect((await recorded(2))[1]).toMatchObject({ endpoint: 'internal:recheck', cache: 'bypass', tenant: 'acme' });
    await new Promise((resolve) => setImmediate(resolve)); // what came of it is told after it is recorded
    expect(rechecks).toEqual([[expect.anything(), verdict, completionJson('Hi'), 0.25]]);
  });

  it.each([
    ['regions', { regions: ['eu'] }],
    ['providers', { providers: ['a', 'b'] }],
  ])('is among those alone whose words may go to the same %s, though all share exact answers', async (_what, route) => {
    await start([{ id: 'bound', when: '"bound" in request.tags', then: { route } }]);
    for (const tags of ['free', 'bound']) {
      relay.clock.advance(1_000);
      await relay.send({ headers: { [HEADERS.tags]: tags, 'cache-control': 'max-age=0' } });
    }
    const [free, bound] = asked;
    expect(bound?.exactKey).toBe(free?.exactKey);
    expect(bound?.scope.scopeId).not.toBe(free?.scope.scopeId);
    expect(bound?.origin).toMatchObject(route);
  });

  const told = (): unknown[] | undefined =>
    relay.recorder.records[0]?.stages.filter(([name]) => name === 'semantic').map(([, , , attributes]) => attributes);

  it('tells in the trace what was found beside the call', async () => {
    await start([], { mayServe: () => false });
    await relay.send();
    expect(told()).toEqual([{ mode: 'static', reason: 'no_neighbour', beside: true }]);
  });

  it('tells that it was not in time where the reply leaves before, and nothing afterwards', async () => {
    let end: (found: SemanticVerdict) => void = () => undefined;
    const verdict = new Promise<SemanticVerdict>((resolve) => (end = resolve));
    await start([], { mayServe: () => false, lookUp: () => verdict });
    await relay.send();
    const late = [{ mode: 'static', reason: 'not_in_time', beside: true }];
    expect(told()).toEqual(late);
    end(MISS);
    await verdict;
    expect(told()).toEqual(late);
  });
});
