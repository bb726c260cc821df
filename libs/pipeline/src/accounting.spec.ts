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

  it('is the only one to be counted', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', succeeds);
    await relay.send();
    expect(row()).toMatchObject({ inputTokens: 11, outputTokens: 3, usageEstimated: false });
    expect(counted()).toBeUndefined();
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
