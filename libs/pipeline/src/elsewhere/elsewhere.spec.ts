import { targetKey } from '@relay/contracts';
import { NOTHING_LIVE, type ShutReason } from '@relay/policy';
import { completionJson, ScriptedUpstream } from '@relay/testing';
import { chat, PipelineHarness, TRACE_ID } from '../../test/pipeline-harness';
import type { RecordingReply } from '../../test/recorders';
import type { Elsewhere, ElsewhereAnswer, HandedOver, Unanswered } from './elsewhere';

const HOUR_MS = 3_600_000;
/** 11 tokens in and 3 out, at half of 1 and 2 USD for a million. */
const BATCH_USD = '0.0000085';
const ANSWER = Buffer.from(JSON.stringify(completionJson('from there')));

class Book implements Elsewhere {
  readonly handed: HandedOver[] = [];
  unanswered: Unanswered | null = null;

  /** `keeps`: false, its owner has lost it; an error, the database is away. */
  constructor(
    readonly answer: ElsewhereAnswer | null = null,
    private readonly out = 0,
    private readonly keeps: boolean | Error = true,
  ) {}

  outUsd(): Promise<number> {
    return Promise.resolve(this.out);
  }

  take(asked: HandedOver): Promise<boolean> {
    if (this.keeps instanceof Error) return Promise.reject(this.keeps);
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

  interface Settings {
    readonly defaults?: object;
    readonly price?: object;
    readonly provider?: object;
    readonly config?: object;
    readonly targets?: readonly object[];
    readonly open?: ReadonlyMap<string, ShutReason>;
  }
  const start = async (settings: Settings = {}) => {
    const { defaults = {}, price = {}, provider = {}, config = {}, open = new Map() } = settings;
    const { targets = [{ provider: 'a', model: 'up-a' }] } = settings;
    const rates = { inputPerMTok: 1, outputPerMTok: 2, ...price };
    relay = await PipelineHarness.start({
      defaults: { batch: { offload: true }, ...defaults },
      models: [{ id: 'm', targets, price: rates }],
      provider: { batchApi: 'openai', batchDiscount: 0.5, preheat: { connections: 0 }, ...provider },
      upstreams: [upstream.baseUrl],
      config,
      live: { read: () => ({ ...NOTHING_LIVE, open }) },
    });
  };
  const send = async (elsewhere: Elsewhere, body: object = chat()) => {
    const exchange = relay.exchange({ body });
    await relay.service.complete({ ...exchange, elsewhere });
    return exchange.reply;
  };
  const handOver = async (body?: object): Promise<HandedOver> => {
    const book = new Book();
    await send(book, body);
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
    return book.handed.length > 0;
  };
  const silent = (reply: RecordingReply): void =>
    expect([reply.status, relay.recorder.records, upstream.requests]).toEqual([0, [], []]);
  const asksAgainPaying = async (answer: ElsewhereAnswer, costUsd: string | null): Promise<void> => {
    const book = new Book(answer);
    await send(book);
    expect([book.unanswered, upstream.requests]).toEqual([{ why: 'set-aside' }, []]);
    expect(relay.recorder.records).toMatchObject([{ id: TRACE_ID, status: 'rejected', costUsd }]);
  };

  it('is taken as it would be asked, and leaves neither reply nor trace', async () => {
    await start();
    const book = new Book();
    const reply = await send(book);
    expect(book.handed).toMatchObject([{ provider: 'a', model: 'm', upstreamModel: 'up-a', operation: 'chat' }]);
    expect(JSON.parse(book.handed[0]?.body.toString() ?? '')).toEqual(chat({ model: 'up-a' }));
    expect(book.handed[0]?.expectedUsd).toBeGreaterThan(0);
    expect(book.unanswered).toEqual({ why: 'taken' });
    silent(reply);
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

  it.each<ShutReason>(['down', 'forced', 'drained'])(
    'is answered by what was paid for, also where its provider is %s by now and another could be asked',
    async (why) => {
      const open = new Map<string, ShutReason>();
      const targets = [
        { provider: 'a', model: 'up-a', weight: 1_000_000 },
        { provider: 'b', model: 'up-b', weight: 1 },
      ];
      await start({ targets, open });
      const asked = await handOver();
      open.set(targetKey('a', 'up-a'), why);
      expect((await send(new Book(answerTo(asked)))).json).toEqual(completionJson('from there'));
      expect(relay.recorder.records).toMatchObject([{ status: 'ok', provider: 'a', costUsd: BATCH_USD }]);
      open.clear();
      expect((await relay.send()).headers['x-relay-cache']).toBe('exact-l1');
    },
  );

  it('says nothing of how fast its provider is', async () => {
    await start();
    const asked = await handOver();
    for (let call = 0; call < 20; call++) await send(new Book(answerTo(asked)));
    expect(relay.admission.fastestMs(targetKey('a', 'up-a'))).toBeNull();
  });

  it('is to be asked anew where it is another question by now; the trace of what came back says what that cost', async () => {
    await start();
    await asksAgainPaying(answerTo(await handOver(), { digest: 'of another' }), BATCH_USD);
  });

  it.each([
    ['a refusal', 400, JSON.stringify({ error: { message: 'too long' } })],
    ['no answer', 200, '{}'],
    ['no choices', 200, '{"choices":[]}'],
    ['a word', 200, '"sorry"'],
    ['no JSON', 200, 'sorry'],
  ])('is to be asked anew where what came back is %s', async (_what, status, text) => {
    await start();
    await asksAgainPaying(answerTo(await handOver(), { status, body: Buffer.from(text) }), null);
  });

  it('is refused before its answer is looked at, where it is to be, and pays for it all the same', async () => {
    await start();
    const answer = answerTo(await handOver());
    const book = new Book(answer);
    const reply = await send(book, chat({ temperature: 'hot' }));
    expect([reply.status, book.unanswered]).toEqual([400, null]);
    expect(relay.recorder.records).toMatchObject([{ id: TRACE_ID, costUsd: BATCH_USD, inputTokens: 11 }]);
  });

  it.each([
    ['is its owner’s no more', false, { why: 'lost' }],
    ['may have been taken by a database that is away', new Error('away'), { why: 'fault', error: new Error('away') }],
  ])('is asked by nobody where it %s', async (_what, keeps, unanswered) => {
    await start();
    const book = new Book(null, 0, keeps);
    silent(await send(book));
    expect(book.unanswered).toEqual(unanswered);
  });

  it('keeps its answer for whoever has it next when its owner stops', async () => {
    await start();
    const book = new Book(answerTo(await handOver()));
    const exchange = relay.exchange();
    exchange.signal.abort();
    await relay.service.complete({ ...exchange, elsewhere: book });
    silent(exchange.reply);
    expect(book.unanswered).toEqual({ why: 'lost' });
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

  describe('of a tenant with a hard budget', () => {
    const short = chat({ max_tokens: 3 });
    const budget = (monthlyUsd: number) => ({ config: { tenants: [{ id: 'acme', budget: { monthlyUsd } }] } });

    it('waits where it fits, but not beside what is there already', async () => {
      await start(budget(1));
      expect(await isTaken(new Book(null, 0.9))).toBe(true);
      const book = new Book(null, 1);
      silent(await send(book));
      expect(book.unanswered).toEqual({ why: 'later' });
    });

    it('takes as much of it as is expected of it, and nothing once it is there', async () => {
      await start(budget(0.0001));
      for (let line = 0; line < 20; line++) expect(await isTaken(new Book(), short)).toBe(true);
    });

    it('counts what is there once, however many go at the same time', async () => {
      await start(budget(1));
      const books = Array.from({ length: 10 }, () => new Book(null, 0.5));
      await Promise.all(books.map((book) => send(book, short)));
      expect(books.map(({ unanswered }) => unanswered?.why)).toEqual(books.map(() => 'taken'));
    });

    it('is told so where it does not fit at all', async () => {
      await start(budget(0.000_000_001));
      const book = new Book();
      expect((await send(book, short)).status).toBe(402);
      expect(book.unanswered).toBeNull();
    });

    it('uses it up by what it has cost, also where its answer is of no use', async () => {
      await start(budget(0.0001));
      const useless = answerTo(await handOver(short), { digest: 'of another' });
      expect((await relay.send({ body: short })).status).toBe(200);
      for (let line = 0; line < 11; line++) await send(new Book(useless), short);
      expect((await relay.send({ body: chat({ max_tokens: 2 }) })).status).toBe(402);
    });
  });
});
