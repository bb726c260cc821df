import { FakeClock, jsonReply, rawReply, sseReply } from '@relay/testing';
import { completed, failed } from '../../testing/call-harness';
import { anthropicWire } from '../../testing/anthropic-wire';
import { VendorSetup } from '../../testing/vendor-setup';

const MESSAGES = '{"model":"claude-x" ,"max_tokens":9,"messages":[{"role":"user","content":"é"}], "new_thing":1.0}';

describe('a provider of kind anthropic', () => {
  let setup: VendorSetup;
  beforeEach(async () => void (setup = await VendorSetup.start(anthropicWire)));
  afterEach(() => setup.stop());

  it('reads its own protocol and writes it byte by byte, with the version that it is in', async () => {
    const answer =
      '{ "type":"message","content":[{"type":"text","text":"é"}],"usage":{"input_tokens":1,"output_tokens":2} }';
    setup.upstream.enqueue(rawReply(answer, 'application/json'));
    const outcome = await completed(
      setup.ask({}, { operation: 'messages', body: Buffer.from(MESSAGES), model: 'claude-x' }),
    );
    expect(outcome.body.toString()).toBe(answer);
    const [request] = setup.upstream.requests;
    expect(request?.path).toBe('/v1/messages');
    expect(request?.rawBody.toString()).toBe(MESSAGES);
    expect(request?.headers).toMatchObject({ 'x-api-key': 'upstream-secret', 'anthropic-version': '2023-06-01' });
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('adds the betas of the client to those that are configured, and asks in its version where none is', async () => {
    const configured = await VendorSetup.start(anthropicWire, { headers: { 'Anthropic-Beta': 'ours-1' } });
    const headers = { 'anthropic-beta': 'theirs-1', 'anthropic-version': '2026-10-21' };
    await configured.ask({}, { operation: 'messages', body: Buffer.from(MESSAGES), headers }).outcome;
    await configured.stop();
    expect(configured.upstream.requests[0]?.headers).toMatchObject({
      'anthropic-beta': 'ours-1,theirs-1',
      'anthropic-version': '2026-10-21',
    });
  });

  it('asks by x-api-key and tells the version where chat is translated, too', async () => {
    await setup.answer();
    const [request] = setup.upstream.requests;
    expect(request?.path).toBe('/v1/messages');
    expect(request?.headers).toMatchObject({ 'x-api-key': 'upstream-secret', 'anthropic-version': '2023-06-01' });
  });

  it.each([
    ['claude-3-7-sonnet-20250219', 'medium', { type: 'enabled', budget_tokens: 4_096 }],
    ['claude-sonnet-4-5', 'low', { type: 'enabled', budget_tokens: 1_024 }],
    ['claude-opus-4-7', 'high', { type: 'adaptive' }],
    ['claude-sonnet-4-5', 'none', { type: 'disabled' }],
  ])('%s asked for %s effort thinks as %p', async (model, effort, thinking) => {
    const body = await setup.sent({ reasoning_effort: effort, max_tokens: 8_000 }, model);
    expect(body['thinking']).toMatchObject(thinking);
    if (thinking.type === 'adaptive') expect(JSON.stringify(body['output_config'])).toContain('"effort":"high"');
  });

  it('tells the user, calls in turn, and marks of the prompt cache', async () => {
    const text = { type: 'text', text: 'long', cache_control: { type: 'ephemeral' } };
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const messages = [{ role: 'user', content: [text] }];
    const body = await setup.sent({ user: 'u-1', parallel_tool_calls: false, tools, messages }, 'claude-sonnet-4-5');
    expect(body).toMatchObject({
      metadata: { user_id: 'u-1' },
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      messages: [{ content: [{ text: 'long', cache_control: { type: 'ephemeral' } }] }],
    });
  });

  it('hands a link to a picture on, for Anthropic to follow', async () => {
    const link = { type: 'image_url', image_url: { url: 'https://pictures.example/a.png' } };
    const body = await setup.sent({ messages: [{ role: 'user', content: [link] }] }, 'claude-sonnet-4-5');
    expect(JSON.stringify(body)).toContain('{"type":"url","url":"https://pictures.example/a.png"}');
  });

  it('gets its signed thoughts back with the next question', async () => {
    const { start, thought, text, end } = anthropicWire;
    setup.upstream.enqueue(sseReply([start, thought('hm'), text('ok'), ...end('stop')] as string[]));
    const observed = setup.ask({}, { stream: true });
    await completed(observed);
    const told = /"reasoning_details":(\[.*?\])/.exec(Buffer.concat(observed.frames).toString())?.[1] ?? '';
    const details: unknown = JSON.parse(told);
    expect(details).toEqual([{ type: 'reasoning.text', text: 'hm', signature: 'signed' }]);
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'ok', reasoning_details: details },
      { role: 'user', content: 'and?' },
    ];
    const body = await setup.sent({ messages }, 'claude-sonnet-4-5');
    expect(JSON.stringify(body)).toContain('{"type":"thinking","thinking":"hm","signature":"signed"}');
  });

  it('takes its own settings from a field of its name', async () => {
    const body = await setup.sent({ anthropic: { speed: 'fast' }, max_tokens: 9 }, 'claude-opus-4-6');
    expect(body['speed']).toBe('fast');
  });

  it('tells what was written to the prompt cache, and changes of the request that its package made', async () => {
    const outcome = await completed(setup.ask({ temperature: 2, seed: 1 }));
    expect(outcome.usage).toEqual({
      ...{ inputTokens: 11, cachedInputTokens: 4, cacheWriteTokens: 2, outputTokens: 3, reasoningTokens: 0 },
    });
    expect(outcome.warnings?.join()).toMatch(/temperature.*clamped.*|seed/);
  });

  it('is done at message_stop, even if the body is left open; then its connection is given up', async () => {
    const clock = new FakeClock();
    const other = await VendorSetup.start(anthropicWire, {}, clock);
    const { start, text, end } = anthropicWire;
    other.upstream.enqueue(sseReply([start, text('a'), ...end('stop'), 'STALL']));
    expect((await completed(other.ask({}, { stream: true }))).finishReason).toBe('stop');
    clock.advance(1_000);
    await other.upstream.requests[0]?.aborted;
    await other.stop();
  });

  it('tells what an answer took that cannot be understood', async () => {
    setup.upstream.enqueue(jsonReply({ ...anthropicWire.whole('a'), content: 'no list of parts' }));
    const outcome = await failed(setup.ask());
    expect(outcome).toMatchObject({ error: { code: 'upstream_error' }, usage: { inputTokens: 11, outputTokens: 3 } });
  });

  it('tells how much of what was written is kept for an hour', async () => {
    const whole = anthropicWire.whole('a') as { usage: object };
    const usage = { ...whole.usage, cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 1 } };
    setup.upstream.enqueue(jsonReply({ ...whole, usage }));
    const told = (await completed(setup.ask())).usage;
    expect(told).toMatchObject({ cacheWriteTokens: 2, cacheWriteHourTokens: 1 });
  });

  it('that is overloaded, by its own status, may be tried elsewhere', async () => {
    setup.upstream.enqueue(jsonReply(anthropicWire.refusal('Overloaded'), { status: 529 }));
    expect(await failed(setup.ask())).toMatchObject({ upstreamStatus: 529, retryable: true });
  });
});
