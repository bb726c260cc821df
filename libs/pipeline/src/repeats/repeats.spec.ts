import { HEADERS, policyDocumentSchema } from '@relay/contracts';
import type { PolicyService } from '@relay/policy';
import { Gate } from '@relay/testing';
import type { TraceRecord } from '@relay/trace';
import { succeeds } from '../../test/outcomes';
import { chat, PipelineHarness, PRINCIPAL, type Sent } from '../../test/pipeline-harness';
import { TeeReply } from '../once/tee-reply';
import { MAX_REPEATED_BYTES, REPEAT_MS } from './repeats';

const MODELS = [{ id: 'm', targets: [{ provider: 'a', model: 'up-a' }] }];
const DRAWN = [
  {
    id: 'm',
    targets: [
      { provider: 'a', model: 'up-a', weight: 1_000_000 },
      { provider: 'b', model: 'up-b', weight: 1 },
    ],
  },
];
const HOUR_MS = 3_600_000;

const documentOf = (version: number) => policyDocumentSchema.parse({ name: 'test', version, rules: [] });

type Settings = Parameters<typeof PipelineHarness.start>[0];

describe('a request that repeats', () => {
  let relay: PipelineHarness;

  const start = async (settings: Settings = {}): Promise<void> => {
    relay = await PipelineHarness.start({ models: MODELS, ...settings });
    relay.providers.script('a', succeeds);
  };
  afterEach(() => relay.close());

  const ask = (sent: Sent = {}) => relay.send({ fromDoor: true, ...sent });
  /** Answered, then found in memory twice: from now on it is known. */
  const makeKnown = async (sent: Sent = {}): Promise<void> => {
    for (let i = 0; i < 3; i++) await ask(sent);
  };
  const last = (): TraceRecord => {
    const record = relay.recorder.records.at(-1);
    if (record === undefined) throw new Error('nothing was recorded');
    return record;
  };
  const stagesOf = ({ stages }: TraceRecord): string[] => stages.map(([name]) => name);
  const READ_ANEW = expect.arrayContaining(['parse', 'plan']);

  it('is neither read nor planned anew, once it was found in memory twice', async () => {
    await start();
    await makeKnown();
    expect(stagesOf(last())).toEqual(READ_ANEW);
    await ask();
    expect(stagesOf(last())).toEqual(['auth', 'repeat', 'cache']);
    expect(last().cache).toBe('exact-l1');
  });

  it.each([{ stream: false }, { stream: true }])(
    'is answered and recorded like those before it: %p',
    async (fields) => {
      await start();
      const sent = { body: chat({ ...fields, user: 'ann' }), headers: { [HEADERS.tags]: 'b,a' } };
      await ask({ ...sent, body: chat({ user: 'ann' }) }); // whole or streamed, it is the same answer
      await makeKnown(sent);
      const planned = await ask({ ...sent, fromDoor: false });
      const before = last();
      const repeated = await ask(sent);
      expect(stagesOf(last())).toContain('repeat');
      expect(repeated.text).toBe(planned.text);
      const { [HEADERS.serverTiming]: _, ...headers } = planned.headers;
      expect(repeated.headers).toMatchObject(headers);
      expect({ ...last(), stages: [], shared: null }).toEqual({ ...before, stages: [], shared: null });
    },
  );

  it('is the same whatever the client tells of itself', async () => {
    await start();
    await makeKnown({ headers: { 'user-agent': 'one', 'x-request-id': '1', 'x-stainless-retry-count': '0' } });
    await ask({ headers: { 'user-agent': 'two', 'x-request-id': '2', 'x-stainless-retry-count': '1' } });
    expect(stagesOf(last())).toContain('repeat');
  });

  it('is planned anew a second later, and known again at once', async () => {
    await start();
    await makeKnown();
    relay.clock.advance(REPEAT_MS - 1);
    await ask();
    expect(stagesOf(last())).toContain('repeat');
    relay.clock.advance(1);
    await ask();
    expect(stagesOf(last())).toEqual(READ_ANEW);
    await ask();
    expect(stagesOf(last())).toContain('repeat');
  });

  it('is planned anew when the hour turns, which rules may ask for', async () => {
    await start();
    relay.clock.advance(HOUR_MS - (relay.clock.now() % HOUR_MS) - 1);
    await makeKnown();
    relay.clock.advance(1);
    await ask();
    expect(stagesOf(last())).toEqual(READ_ANEW);
  });

  it.each<[string, Sent]>([
    ['a byte more', { body: `${JSON.stringify(chat())} ` }],
    ['another question', { body: chat({ messages: [{ role: 'user', content: 'Hallo' }] }) }],
    ['a tag', { headers: { [HEADERS.tags]: 'x' } }],
    ['a wish for a fresh answer', { headers: { 'cache-control': 'no-cache' } }],
    ['a header that means nothing yet', { headers: { 'x-relay-new': '1' } }],
    ['another key of its tenant', { principal: { ...PRINCIPAL, keyId: 'key-2' } }],
    ['its key or its tenant as they are now', { principal: { ...PRINCIPAL } }],
    ['nobody at the door', { fromDoor: false }],
  ])('is another one with %s', async (_, sent) => {
    await start();
    await makeKnown();
    await ask(sent);
    expect(stagesOf(last())).toEqual(READ_ANEW);
  });

  it('is planned by the policy in force', async () => {
    await start();
    await makeKnown();
    expect(await relay.policies.override(documentOf(7))).toEqual([]);
    await ask();
    expect([last().policy, stagesOf(last())]).toEqual(['test@7', READ_ANEW]);
  });

  it('is planned each time while another version is tried on a share of the requests', async () => {
    await start();
    await makeKnown();
    const draw = { label: 'test@8', share: 0.5, unit: 'request' as const };
    expect(await relay.policies.tryOut({ document: documentOf(8), draw })).toEqual([]);
    for (let i = 0; i < 3; i++) {
      await ask();
      expect(stagesOf(last())).toEqual(READ_ANEW);
    }
  });

  it('is planned anew, and asked anew, once its answer is void', async () => {
    await start();
    const client = relay.providers.script('a', succeeds);
    await makeKnown();
    await relay.invalidations.invalidate({ tenant: 'acme' });
    await ask();
    expect([last().cache, stagesOf(last())]).toEqual(['miss', READ_ANEW]);
    expect(client.calls).toHaveLength(2);
  });

  it.each<[string, Settings]>([
    ['chance has a say in its targets', { models: DRAWN }],
    [
      'chance has a say in its plan',
      {
        rules: [
          {
            id: 'half',
            when: 'true',
            experiment: {
              id: 'e',
              unit: 'request',
              arms: [
                { weight: 1, then: {} },
                { weight: 1, then: {} },
              ],
            },
          },
        ],
      },
    ],
    ['a guard looks at it', { defaults: { guards: { pii: { action: 'log' } } } }],
    ['a rule cannot be evaluated', { rules: [{ id: 'bad', when: 'request.tags[1] == "y"', then: {} }] }],
  ])('is planned each time where %s', async (_, settings) => {
    await start(settings);
    await makeKnown();
    await ask();
    expect(stagesOf(last())).toEqual(READ_ANEW);
  });

  it('is read each time if it is long', async () => {
    await start();
    const sent = { body: chat({ messages: [{ role: 'user', content: 'x'.repeat(MAX_REPEATED_BYTES) }] }) };
    await makeKnown(sent);
    await ask(sent);
    expect([last().cache, stagesOf(last())]).toEqual(['exact-l1', READ_ANEW]);
  });

  it('counts for the limits of its tenant like any other', async () => {
    await start();
    const principal = { ...PRINCIPAL, tenant: { ...PRINCIPAL.tenant, limits: { requestsPerMinute: 5 } } };
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await ask({ principal })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect(stagesOf(last())).toEqual(['auth', 'repeat', 'limits']);
  });

  it.each<[string, (policies: PolicyService) => Promise<unknown>, (policies: PolicyService) => Promise<unknown>]>([
    ['was planned before another policy', () => Promise.resolve(), (policies) => policies.override(documentOf(7))],
    [
      'was planned by a version that is withdrawn',
      (policies) => policies.tryOut({ document: documentOf(8), draw: { label: 'test@8', share: 1, unit: 'tenant' } }),
      (policies) => policies.tryOut(null),
    ],
  ])('is not remembered where it %s, and was still waiting', async (_, before, change) => {
    await start();
    const principal = { ...PRINCIPAL, tenant: { ...PRINCIPAL.tenant, limits: { requestsPerMinute: 100 } } };
    await before(relay.policies);
    for (let i = 0; i < 2; i++) await ask({ principal });
    const gate = new Gate();
    const reserve = relay.rates.reserve.bind(relay.rates);
    const held = jest.spyOn(relay.rates, 'reserve').mockImplementation(async (...args) => {
      await gate.pass();
      return reserve(...args);
    });
    const waiting = [ask({ principal }), ask({ principal })];
    held.mockRestore();
    await change(relay.policies);
    gate.open();
    await Promise.all(waiting);
    await ask({ principal });
    expect([last().policy, stagesOf(last())]).toEqual([relay.policies.current.label, READ_ANEW]);
  });

  it.each<[string, Settings, Sent, number]>([
    ['is older than the client takes', {}, { headers: { 'cache-control': 'max-age=1' } }, 900],
    ['is past its time, and kept for times of load', { degrade: ['looser-cache'] }, {}, 900],
  ])('is planned by what holds now where its answer %s', async (_, settings, sent, waitMs) => {
    const defaults = { cache: { exact: { ttl: '2s' } }, retries: { maxAttempts: 1 } };
    await start({ defaults, ...settings });
    await ask(sent);
    relay.clock.advance('headers' in sent ? 500 : 1_500);
    await makeKnown(sent);
    expect(last().cache).toBe('exact-l1');
    relay.clock.advance(waitMs);
    await ask(sent);
    expect(stagesOf(last())).toEqual(expect.arrayContaining(['repeat', 'parse', 'plan', 'upstream']));
    expect([last().cache, last().shared]).toEqual(['miss', null]);
  });

  it('leaves no words behind when nobody asks any more', async () => {
    await start();
    await makeKnown();
    expect(relay.repeats.count).toBe(1);
    relay.clock.advance(REPEAT_MS);
    expect(relay.repeats.count).toBe(0);
  });

  it('has its trace kept with those of its turn only where its reply leaves when the turn ends', async () => {
    await start();
    await ask();
    await ask({ fromDoor: false });
    const exchange = relay.exchange({ fromDoor: true, headers: { [HEADERS.idempotencyKey]: 'k' } });
    const tee = new TeeReply(exchange.reply); // others may be told what it heard, at once
    await relay.service.complete({ ...exchange, tee, reply: tee });
    expect(relay.recorder.options).toEqual([{ whenTold: true }, undefined, undefined]);
  });
});
