import { HEADERS, policyDocumentSchema } from '@relay/contracts';
import { chat, PipelineHarness } from '../test/pipeline-harness';
import { succeeds } from '../test/outcomes';

const cached = { cache: { exact: { enabled: true, ttl: '1h' } }, retries: { maxAttempts: 1 } };

const MODELS = [
  { id: 'm', targets: [{ provider: 'a', model: 'up-a' }] },
  { id: 'other', targets: [{ provider: 'b', model: 'up-b' }] },
];

describe('a policy that is tried on a share of the users', () => {
  let relay: PipelineHarness;

  beforeEach(async () => {
    relay = await PipelineHarness.start({ defaults: cached, models: MODELS });
    relay.providers.script('a', succeeds, succeeds);
  });
  afterEach(() => relay.close());

  async function tryOut(defaults: object): Promise<void> {
    const document = policyDocumentSchema.parse({ name: 'test', version: 2, defaults: { ...cached, ...defaults } });
    const draw = { label: 'test@2', unit: 'user', share: 0.5 } as const;
    expect(await relay.policies.tryOut({ document, draw })).toEqual([]);
  }

  /** What users of either policy get for one and the same question: the policy that planned it, and how the cache answered. */
  async function ask(): Promise<string[]> {
    const told = new Map<string | undefined, string>();
    for (let i = 0; told.size < 2; i++) {
      const { headers } = await relay.send({ body: chat(), headers: { [HEADERS.user]: `user-${i}` } });
      const policy = headers[HEADERS.policy];
      if (!told.has(policy)) told.set(policy, headers[HEADERS.cache] ?? '');
    }
    return ['test@1', 'test@2'].map((policy) => told.get(policy) ?? '');
  }

  it('is not answered with what is cached for the others, nor are they with its answers', async () => {
    await tryOut({ decoding: { maxTokens: 7 } });
    expect(await ask()).toEqual(['miss', 'miss']);
    expect(relay.recorder.records.map(({ policy }) => policy)).toEqual(expect.arrayContaining(['test@1', 'test@2']));
  });

  it('shares answers with the others where both would ask for the same', async () => {
    await tryOut({ deadlineMs: 9_000 });
    expect((await ask()).sort()).toEqual(['exact-l1', 'miss']);
  });

  it('is named as well where it has no plan for a request', async () => {
    await tryOut({ route: { providers: ['b'] } });
    const replies = [];
    for (let i = 0; i < 20; i++) replies.push(await relay.send({ headers: { [HEADERS.user]: `user-${i}` } }));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ headers }) => headers[HEADERS.policy]))).toEqual(new Set(['test@2']));
    const records = relay.recorder.records.filter(({ status }) => status !== 'ok');
    expect(new Set(records.map(({ policy }) => policy))).toEqual(new Set(['test@2']));
  });
});
