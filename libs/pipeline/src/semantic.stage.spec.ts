import type { SemanticCache, SemanticQuestion, SemanticVerdict } from '@relay/cache';
import { HEADERS } from '@relay/contracts';
import { succeeds } from '../test/outcomes';
import { PipelineHarness } from '../test/pipeline-harness';

const MISS: SemanticVerdict = {
  reason: 'no_neighbour',
  hit: null,
  candidate: null,
  rivals: [],
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
