import type { UpstreamCompleted } from '@relay/providers';
import { completionJson, streamFrames } from '@relay/testing';
import { completed, failure, streams, succeeds } from '../test/outcomes';
import { chat, PipelineHarness } from '../test/pipeline-harness';
import type { Script } from '../test/recorders';

const once = { defaults: { retries: { maxAttempts: 1 } } };
const byQuality = { defaults: { ...once.defaults, route: { strategy: 'content' } } };
const uncached = { defaults: { retries: { maxAttempts: 1 }, cache: { exact: { enabled: false } } } };

const untold = (changes: Partial<UpstreamCompleted> = {}): Script => {
  return () => Promise.resolve(completed({ usage: null, ...changes }));
};
/** Streams the words and ends without telling its usage, or breaks off. */
const says = (words: string[], ends: boolean): Script => {
  return (_request, observer) => {
    const frames = streamFrames(words);
    const said = words.length + 1; // the first frame names the role
    for (const frame of frames.slice(0, said)) observer.onFrames(Buffer.from(frame), () => undefined);
    const tail = Buffer.from(frames.slice(said).join(''));
    const cut = failure({ started: true, retryable: false, upstreamStatus: 200 });
    return Promise.resolve(ends ? completed({ body: Buffer.alloc(0), tail, usage: null }) : cut);
  };
};

describe('an answer whose upstream tells no usage', () => {
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  const row = () => {
    const [record] = relay.recorder.records;
    if (!record) throw new Error('nothing was recorded');
    return record;
  };
  /** How the counts came about. */
  const counted = () => row().stages.find(([name]) => name === 'count')?.[3];

  it('is counted with its prompt before the trace is recorded', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script(
      'a',
      untold({ body: Buffer.from(JSON.stringify(completionJson('antidisestablishmentarianism'))) }),
    );
    await relay.send();
    expect(relay.journal).toEqual(['record', 'last byte']);
    expect(row()).toMatchObject({ inputTokens: 1 + 3 + 3, outputTokens: 6, usageEstimated: true }); // Hello, and the chat format
    expect(counted()).toEqual({ input: true, output: true });
  });

  it('is counted by what its frames said, where somebody gathers them', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', says(['antidis', 'establishment', 'arianism'], true));
    await relay.send({ body: chat({ stream: true }) });
    expect(row()).toMatchObject({ status: 'ok', outputTokens: 6, usageEstimated: true });
    expect(counted()).toEqual({ input: true, output: true });
  });

  it('is counted as far as it came when it broke off', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', says(['antidis', 'establishment', 'arianism'], false));
    await relay.send({ body: chat({ stream: true }) });
    expect(row()).toMatchObject({ status: 'error', outputTokens: 6, usageEstimated: true });
  });

  it('counts by its frames where nobody gathers them', async () => {
    relay = await PipelineHarness.start(uncached);
    relay.providers.script('a', says(['antidis', 'establishment', 'arianism'], false));
    await relay.send({ body: chat({ stream: true }) });
    expect(row()).toMatchObject({ outputTokens: 4, usageEstimated: true });
    expect(counted()).toEqual({ input: true, output: false });
  });

  it.each(['\n', '\r\n'])('counts frames that come at once one by one, whatever ends their lines: %j', async (end) => {
    relay = await PipelineHarness.start(uncached);
    relay.providers.script('a', (_request, observer) => {
      const frames = [': ping', '', ...streamFrames(['a', 'b', 'c']).slice(0, 4), 'event: x', 'data: {"un'].join('\n');
      observer.onFrames(Buffer.from(frames.replaceAll('\n', end)), () => undefined);
      return Promise.resolve(failure({ started: true, retryable: false, upstreamStatus: 200 }));
    });
    await relay.send({ body: chat({ stream: true }) });
    expect(row().outputTokens).toBe(5);
  });

  it('is the only one to be counted', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', succeeds);
    await relay.send();
    expect(row()).toMatchObject({ inputTokens: 11, outputTokens: 3, usageEstimated: false });
    expect(counted()).toBeUndefined();
  });
});

describe('the cost of an answer', () => {
  const price = (usd: number) => ({ inputPerMTok: usd, outputPerMTok: usd });
  const targets = [
    { provider: 'a', model: 'up-a', weight: 1_000_000 },
    { provider: 'b', model: 'up-b', weight: 1, price: price(1_000) },
  ];
  const start = async (model: object, settings: object = {}): Promise<void> => {
    relay = await PipelineHarness.start({ ...once, models: [{ id: 'm', targets, ...model }], ...settings });
  };
  const row = () => relay.recorder.records.at(-1);
  const counts = {
    ...{ inputTokens: 100, cachedInputTokens: 20, cacheWriteTokens: 10, audioInputTokens: 5 },
    ...{ outputTokens: 50, reasoningTokens: 30, audioOutputTokens: 8 },
  };
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  it('has every kind of token at its own price, and names the price', async () => {
    const apart = { cachedInputPerMTok: 1, cacheWriteInputPerMTok: 4, audioInputPerMTok: 10, audioOutputPerMTok: 20 };
    await start({ price: { ...price(2), ...apart, reasoningPerMTok: 3 } });
    relay.providers.script('a', () => Promise.resolve(completed({ usage: counts })));
    await relay.send();
    expect(row()).toMatchObject({
      costUsd: '0.000514', // 20 * 1 + 10 * 4 + 5 * 10 + 65 * 2, and 30 * 3 + 8 * 20 + 12 * 2, in millionths
      priceVersion: expect.stringMatching(/^relay\.yaml#[0-9a-f]{12}$/),
      ...{ reasoningTokens: 30, tokenParts: { cacheWriteTokens: 10, audioInputTokens: 5, audioOutputTokens: 8 } },
    });
  });

  it('is that of the target which answered, and its other calls add what they cost', async () => {
    await start({ price: price(1) }, { defaults: { retries: { maxAttempts: 2 } } });
    relay.providers.script('a', () => Promise.resolve(failure({ usage: counts })));
    relay.providers.script('b', () => Promise.resolve(completed({ usage: counts })));
    await relay.send();
    expect(row()).toMatchObject({
      ...{ costUsd: '0.15015', inputTokens: 200, tokenParts: { cacheWriteTokens: 20, audioOutputTokens: 16 } },
      priceVersion: expect.stringMatching(/^relay\.yaml#\w{12}, relay\.yaml#\w{12}$/),
    });
  });

  it('is unknown where nobody knows the price, which is not the same as nothing', async () => {
    await start({});
    relay.providers.script('a', succeeds);
    await relay.send();
    expect(row()).toMatchObject({ costUsd: null, priceVersion: null, inputTokens: 11 });
  });

  it('of an answer that was counted here is marked', async () => {
    await start({ price: price(1) });
    relay.providers.script('a', untold());
    await relay.send();
    expect(row()).toMatchObject({ usageEstimated: true, costUsd: expect.stringMatching(/^0\.0000/) });
  });

  it('is saved by a hit, which shows the same figures, streamed or not', async () => {
    await start({ price: price(1) });
    relay.providers.script('a', () => Promise.resolve(completed({ usage: counts })));
    await relay.send();
    const first = row();
    for (const stream of [false, true]) {
      await relay.send({ body: chat({ stream }) });
      expect(row()).toMatchObject({
        ...{ cache: 'exact-l1', costUsd: '0', savedUsd: '0.00015', priceVersion: first?.priceVersion },
        ...{ inputTokens: 100, reasoningTokens: 30, tokenParts: first?.tokenParts },
      });
    }
    expect(relay.recorder.records).toHaveLength(3);
  });
});

describe('automatic signals', () => {
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  it('go to the ledger for whole answers, and for streams that are gathered', async () => {
    relay = await PipelineHarness.start(byQuality);
    relay.providers.script('a', succeeds, streams, untold({ body: Buffer.from(JSON.stringify(completionJson(''))) }));
    await relay.send();
    await relay.send({ body: chat({ stream: true, temperature: 0.5 }) });
    await relay.send({ body: chat({ temperature: 0.6 }) });
    expect(relay.ledger.signals.map(({ model, share }) => [model, share])).toEqual([
      ['m', 1],
      ['m', 1],
      ['m', 0],
    ]);
  });

  it('leave an answer alone that is no completion', async () => {
    relay = await PipelineHarness.start(byQuality);
    relay.providers.script('a', untold({ body: Buffer.from('busy') }));
    expect((await relay.send()).text).toBe('busy');
    expect(relay.ledger.signals).toEqual([]);
  });

  it('are left out where no policy ranks by quality, but for apps that ask for the best model', async () => {
    relay = await PipelineHarness.start(once);
    for (const provider of ['a', 'b']) relay.providers.script(provider, succeeds);
    for (const model of ['m', 'auto', 'auto:cheap', 'auto:best']) await relay.send({ body: chat({ model }) });
    expect(relay.ledger.signals).toHaveLength(1);
  });
});
