import { RelayError } from '@relay/core';
import { breaksOff, completed, failure, fails, succeeds } from '../../test/outcomes';
import { chat, PipelineHarness } from '../../test/pipeline-harness';
import type { Script } from '../../test/recorders';

const once = { defaults: { retries: { maxAttempts: 1 } } };
const taking =
  (totalMs: number, changes = {}): Script =>
  () =>
    Promise.resolve(completed({ ttftMs: 100, totalMs, ...changes }));

describe('what calls take', () => {
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  it('is learned from each answer, by target, task and prompt, and compared with what was predicted before', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', taking(900));
    await relay.send({ body: chat({ max_tokens: 50 }) });
    expect(relay.predictions.observed).toMatchObject([
      {
        question: { target: 'a up-a', task: '', maxTokens: 50 },
        sample: { ttftMs: null, outputTokens: 3, serviceMs: 900 },
        predicted: { basis: 'none' },
      },
    ]);
    expect(relay.predictions.observed[0]?.question.inputTokens).toBeGreaterThan(0);
  });

  it('is that of one of several answers, whose tokens come beside each other', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', taking(900));
    await relay.send({ body: chat({ n: 3 }) });
    expect(relay.predictions.observed).toMatchObject([{ sample: { outputTokens: 1, serviceMs: 900 } }]);
  });

  it('is no answer of a length that none can have', async () => {
    relay = await PipelineHarness.start(once);
    const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 1e18, reasoningTokens: 0 };
    relay.providers.script('a', taking(900, { usage }));
    await relay.send();
    expect(relay.predictions.observed).toMatchObject([{ sample: { outputTokens: 1_000_000 } }]);
  });

  it('has a first token where the answer is streamed', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', taking(900, { body: Buffer.alloc(0), tail: Buffer.from('data: [DONE]\n\n') }));
    await relay.send({ body: chat({ stream: true }) });
    expect(relay.predictions.observed).toMatchObject([{ sample: { ttftMs: 100, serviceMs: 900 } }]);
  });

  it.each<[string, Script]>([
    ['failed', fails],
    ['broke off', breaksOff],
    ['was left', () => Promise.resolve(failure({ error: new RelayError('client_closed', 'gone'), retryable: false }))],
    ['told no usage', () => Promise.resolve(completed({ usage: null }))],
  ])('is not learned from a call that %s', async (_what, script) => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', script);
    await relay.send({ body: chat({ stream: script === breaksOff }) });
    expect(relay.predictions.observed).toEqual([]);
  });

  it('stands in the trace as predicted for the candidate that is called first, beside what the policy expects', async () => {
    relay = await PipelineHarness.start(once);
    relay.providers.script('a', succeeds);
    await relay.send();
    expect(relay.recorder.records[0]?.predicted).toMatchObject({
      ...{ waitMs: 0, ttftP90Ms: null, serviceP50Ms: null, serviceP90Ms: null },
      inputTokens: expect.any(Number) as number,
    });
    relay.providers.script('a', taking(2_000));
    const asking = (i: number) => chat({ messages: [{ role: 'user', content: `Question ${i}` }] }); // none is in the cache
    for (let i = 0; i <= 40; i++) await relay.send({ body: asking(i) });
    const predicted = relay.recorder.records.at(-1)?.predicted;
    expect(predicted?.['serviceP50Ms']).toBeCloseTo(2_000, -2);
    expect(predicted?.['serviceP90Ms']).toBeGreaterThanOrEqual(predicted?.['serviceP50Ms'] ?? Infinity);
  });
});
