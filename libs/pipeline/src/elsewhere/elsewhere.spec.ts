import { completionJson, ScriptedUpstream } from '@relay/testing';
import { chat, PipelineHarness, TRACE_ID } from '../../test/pipeline-harness';
import type { Elsewhere, ElsewhereAnswer, HandedOver } from './elsewhere';

const HOUR_MS = 3_600_000;
/** 11 tokens in and 3 out, at 1 and 2 USD for a million, and for half of that. */
const [ORDINARY_USD, BATCH_USD] = ['0.000017', '0.0000085'];
const ANSWER = Buffer.from(JSON.stringify(completionJson('from there')));

class Book implements Elsewhere {
  readonly handed: HandedOver[] = [];

  constructor(
    readonly answer: ElsewhereAnswer | null = null,
    private readonly out = 0,
    private readonly keeps = true,
  ) {}

  get taken(): boolean {
    return this.handed.length > 0;
  }

  outUsd(): Promise<number> {
    return Promise.resolve(this.out);
  }

  take(asked: HandedOver): Promise<boolean> {
    if (this.keeps) this.handed.push(asked);
    return Promise.resolve(this.keeps);
  }
}

describe('a request that its provider’s own batch may answer', () => {
  let relay: PipelineHarness;
  let upstream: ScriptedUpstream;
  beforeAll(async () => void (upstream = await ScriptedUpstream.start()));
  afterAll(() => upstream.close());
  beforeEach(() => void (upstream.requests.length = 0));
  afterEach(() => relay.close());

  const start = async (settings: { defaults?: object; price?: object; provider?: object; config?: object } = {}) => {
    const { defaults = {}, price = {}, provider = {}, config = {} } = settings;
    const rates = { inputPerMTok: 1, outputPerMTok: 2, ...price };
    relay = await PipelineHarness.start({
      defaults: { batch: { offload: true }, ...defaults },
      models: [{ id: 'm', targets: [{ provider: 'a', model: 'up-a' }], price: rates }],
      provider: { batchApi: 'openai', batchDiscount: 0.5, preheat: { connections: 0 }, ...provider },
      upstreams: [upstream.baseUrl],
      config,
    });
  };
  const send = async (elsewhere: Elsewhere, body: object = chat()) => {
    const exchange = relay.exchange({ body });
    await relay.service.complete({ ...exchange, elsewhere });
    return exchange.reply;
  };
  const handOver = async (): Promise<HandedOver> => {
    const book = new Book();
    await send(book);
    const [asked] = book.handed;
    if (!asked) throw new Error('it was not taken');
    return asked;
  };
  const answerTo = (asked: HandedOver, more: object = {}): ElsewhereAnswer => ({
    ...asked,
    ...{ batch: 'there', status: 200, body: ANSWER, traceId: TRACE_ID, backAt: relay.clock.now(), ...more },
  });
  const isTaken = async (book = new Book(), body?: object): Promise<boolean> => {
    await send(book, body);
    return book.taken;
  };

  it('is taken as it would be asked, and leaves neither reply nor trace', async () => {
    await start();
    const book = new Book();
    const reply = await send(book);
    expect(book.handed).toMatchObject([{ provider: 'a', model: 'm', upstreamModel: 'up-a', operation: 'chat' }]);
    expect(JSON.parse(book.handed[0]?.body.toString() ?? '')).toEqual(chat({ model: 'up-a' }));
    expect(book.handed[0]?.expectedUsd).toBeGreaterThan(0);
    expect([reply.status, relay.recorder.records, upstream.requests]).toEqual([0, [], []]);
  });

  it('comes again with the answer, is charged the price of a batch, and is kept for others', async () => {
    await start();
    const asked = await handOver();
    relay.clock.advance(HOUR_MS);
    const reply = await send(new Book(answerTo(asked)));
    expect(reply.json).toEqual(completionJson('from there'));
    const [record, ...more] = relay.recorder.records;
    expect(more).toEqual([]);
    expect(record).toMatchObject({ status: 'ok', cache: 'miss', costUsd: BATCH_USD, provider: 'a', servedModel: 'm' });
    expect(record?.priceVersion).toMatch(/ less 0\.5$/);
    expect(record?.attempts).toMatchObject([{ provider: 'a', outcome: 'ok', upstreamStatus: 200 }]);
    const stage = record?.stages.find(([name]) => name === 'provider-batch');
    expect(stage?.[3]).toEqual({ provider: 'a', model: 'up-a', batch: 'there', waitedMs: HOUR_MS });
    expect((await relay.send()).headers['x-relay-cache']).toBe('exact-l1');
    expect(upstream.requests).toEqual([]);
  });

  it('is answered by what was paid for, also where the cache knows an answer by now', async () => {
    await start();
    const asked = await handOver();
    await relay.send();
    expect((await send(new Book(answerTo(asked)))).json).toEqual(completionJson('from there'));
  });

  it('is told a refusal in the words of the provider', async () => {
    await start();
    const body = Buffer.from(JSON.stringify({ error: { message: 'too long' } }));
    const reply = await send(new Book(answerTo(await handOver(), { status: 400, body })));
    expect([reply.status, reply.json]).toEqual([400, { error: { message: 'too long' } }]);
    expect(relay.recorder.records).toMatchObject([{ status: 'error', errorCode: 'invalid_request' }]);
  });

  it('is asked anew where it is another question by now, and pays for both', async () => {
    await start();
    const reply = await send(new Book(answerTo(await handOver(), { digest: 'of another' })));
    expect(reply.json).toEqual(completionJson('Hello from upstream'));
    const costUsd = (Number(ORDINARY_USD) + Number(BATCH_USD)).toFixed(7);
    expect(relay.recorder.records).toMatchObject([{ status: 'ok', costUsd }]);
  });

  it('is asked now where it cannot be kept', async () => {
    await start();
    const reply = await send(new Book(null, 0, false));
    expect(reply.json).toEqual(completionJson('Hello from upstream'));
    expect(relay.recorder.records).toMatchObject([{ status: 'ok', costUsd: ORDINARY_USD }]);
  });

  it('is answered from the cache where it can be', async () => {
    await start();
    await relay.send();
    expect(await isTaken()).toBe(false);
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ['the policy does not say so', { defaults: { batch: { offload: false } } }],
    ['its answer is to be checked', { defaults: { route: { strategy: 'cascade', cascade: { accept: 'true' } } } }],
    ['the provider has none', { provider: { batchApi: 'off' } }],
    ['the provider’s own do not take it', { provider: { batchApi: 'anthropic' } }],
    ['it costs no less', { provider: { batchDiscount: 0 } }],
    ['it costs more', { price: { batch: { inputPerMTok: 2, outputPerMTok: 3 } } }],
  ])('is asked now where %s', async (_why, settings) => {
    await start(settings);
    expect(await isTaken(new Book(), chat({ model: 'auto' }))).toBe(false);
    expect(upstream.requests).toHaveLength(1);
  });

  it('is asked now where what is there already, and it, would use up a budget', async () => {
    await start({ config: { tenants: [{ id: 'acme', budget: { monthlyUsd: 1 } }] } });
    expect(await isTaken(new Book(null, 0.9))).toBe(true);
    expect(await isTaken(new Book(null, 1))).toBe(false);
    expect(relay.recorder.records).toMatchObject([{ status: 'ok' }]); // a single one fits
  });
});
