import { FakeClock } from '@relay/testing';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { BODY, call, completed, failed, providerConfig, STREAM_BODY } from '../../testing/call-harness';
import { createSimulatorClient } from './simulator.adapter';

interface Completion {
  readonly id: string;
  readonly model: string;
  readonly choices: { message: { content: string }; finish_reason: string }[];
  readonly usage: { prompt_tokens: number; completion_tokens: number };
}

describe('the simulator', () => {
  let clock: FakeClock;
  let client: UpstreamClient;

  beforeEach(() => {
    clock = new FakeClock();
    client = createSimulatorClient(
      providerConfig({ id: 'sim', kind: 'simulator', simulator: { ttftMs: 100, tokensPerSecond: 50 } }),
      clock,
    );
  });

  const answer = async (body = BODY): Promise<{ bytes: string; json: Completion }> => {
    const observed = call(client, { body: Buffer.from(body) });
    await clock.advanceAsync(10_000);
    const bytes = (await completed(observed)).body.toString();
    return { bytes, json: JSON.parse(bytes) as Completion };
  };

  const contentOf = (sse: string): string =>
    sse
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: {'))
      .map(
        (frame) =>
          (JSON.parse(frame.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ??
          '',
      )
      .join('');

  it('says what it is and gives the same request the same bytes at any time', async () => {
    const first = await answer();
    clock.advance(86_400_000);
    expect((await answer()).bytes).toBe(first.bytes);
    expect(first.json.choices[0]?.message.content).toContain('simulator of LLM Relay, not a language model');
    expect((await answer(BODY.replace('Hi', 'Ho'))).bytes).not.toBe(first.bytes);
  });

  it('has no answer to what is not chat, whatever its operations say', async () => {
    const config = providerConfig({ kind: 'simulator', operations: ['chat', 'embeddings'] });
    const outcome = await failed(call(createSimulatorClient(config, clock), { operation: 'embeddings' }));
    expect(outcome).toMatchObject({ error: { code: 'invalid_request' }, retryable: false, started: false });
  });

  it('streams the same text at the configured pace', async () => {
    const { json } = await answer();
    const observed = call(client, { stream: true, body: Buffer.from(STREAM_BODY) });
    await clock.advanceAsync(99);
    expect(observed.frames).toEqual([]);
    await clock.advanceAsync(1);
    expect(contentOf(await observed.received('content'))).toBe('This');
    await clock.advanceAsync(40); // two more tokens at 50 a second
    expect(contentOf(Buffer.concat(observed.frames).toString())).toBe('This is the');
    await clock.advanceAsync(10_000);
    const outcome = await completed(observed);
    expect(contentOf(Buffer.concat(observed.frames).toString())).toBe(json.choices[0]?.message.content);
    expect(outcome).toMatchObject({
      ttftMs: 100,
      finishReason: 'stop',
      usage: { outputTokens: json.usage.completion_tokens },
    });
    expect(outcome.tail.toString()).toBe('data: [DONE]\n\n');
  });

  it('closes a stream with usage if the client asked', async () => {
    const observed = call(client, { stream: true, clientWantsUsage: true });
    await clock.advanceAsync(10_000);
    expect((await completed(observed)).tail.toString()).toMatch(
      /"choices":\[\],"usage":\{"prompt_tokens":\d+.*\n\ndata: \[DONE\]\n\n$/,
    );
  });

  it('honours the token limit, also one that a plan sets', async () => {
    const limited = await answer(BODY.replace('{', '{"max_tokens":3,'));
    expect(limited.json.choices[0]).toMatchObject({ message: { content: 'This is the' }, finish_reason: 'length' });
    const observed = call(client, { patch: { max_completion_tokens: 2 } });
    await clock.advanceAsync(10_000);
    expect((await completed(observed)).usage?.outputTokens).toBe(2);
  });

  it('is faster as sim-small than as sim-large', async () => {
    const times = await Promise.all(
      ['sim-small', 'sim-medium', 'sim-large'].map(async (model) => {
        const observed = call(client, { model, stream: true });
        await clock.advanceAsync(20_000);
        return (await completed(observed)).ttftMs;
      }),
    );
    expect(times).toEqual([50, 100, 200]);
  });

  it('pauses while the observer is full', async () => {
    const observed = call(client, { stream: true });
    observed.hold();
    await clock.advanceAsync(5_000);
    expect(observed.frames.length).toBe(1);
    observed.resume();
    await clock.advanceAsync(5_000);
    await completed(observed);
  });

  it.each([false, true])(
    'ends at once when aborted or out of time (stream: %s), and leaves no timer',
    async (stream) => {
      const aborted = call(client, { stream });
      clock.advance(130);
      aborted.abort.abort();
      expect(await failed(aborted)).toMatchObject({ error: { code: 'client_closed' }, started: stream });
      const late = call(client, { stream, timeoutMs: 90 });
      clock.advance(90);
      expect(await failed(late)).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: false });
      expect(clock.pending).toBe(0);
      await client.close();
    },
  );
});
