import { systemClock } from '@relay/core';
import { jsonReply, ScriptedUpstream, steps } from '@relay/testing';
import { isJsonObject, jsonObjects, type JsonObject } from '@relay/protocols';
import { call, completed, failed, providerConfig } from '../../testing/call-harness';
import { streamOf, talk, wholeOf } from '../../testing/vendor-wire';
import { VENDOR_WIRES } from '../../testing/vendor-wires';
import { UPSTREAM_FACTORIES } from '../upstream-factories';
import type { UpstreamClient } from '../../ports/upstream-client.port';

const PIXEL = 'iVBORw0KGgo=';
const CALLS = [
  { id: 'call_a', name: 'weather', input: { city: 'Bern' } },
  { id: 'call_b', name: 'time', input: {} },
];
const WEATHER = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tells the weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const ask = (fields: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...fields }));

const deltasOf = (frames: readonly Buffer[]): JsonObject[] =>
  Buffer.concat(frames)
    .toString()
    .split('\n\n')
    .filter((frame) => frame !== '')
    .flatMap((frame) => jsonObjects((JSON.parse(frame.slice(6)) as JsonObject)['choices']))
    .flatMap(({ delta }) => (isJsonObject(delta) ? [delta] : []));
const textOf = (objects: readonly JsonObject[], field: string): string =>
  objects.map(({ [field]: text }) => (typeof text === 'string' ? text : '')).join('');

describe.each(VENDOR_WIRES)('chat with $kind', (wire) => {
  let upstream: ScriptedUpstream;
  let client: UpstreamClient;

  beforeEach(async () => {
    upstream = await ScriptedUpstream.start(() => wholeOf(wire, 'Hello'));
    const provider = providerConfig({ kind: wire.kind, baseUrl: upstream.baseUrl, apiKey: 'k', ...wire.config });
    client = UPSTREAM_FACTORIES[provider.kind](provider, systemClock);
  });

  afterEach(async () => {
    await upstream.close();
    await client.close();
  });

  const sent = async (fields: object, model = 'model-x'): Promise<string> => {
    const { warnings } = await completed(call(client, { body: ask(fields), model }));
    expect(warnings?.filter((warning) => !warning.includes('unknown')) ?? []).toEqual([]);
    const [request] = upstream.requests;
    return request?.rawBody.toString() ?? '';
  };

  it('gives each of several calls an index of its own, and its arguments as a string, to the last byte', async () => {
    upstream.enqueue(streamOf(wire, [wire.start, ...wire.calls(CALLS), ...wire.end('tools')]));
    const observed = call(client, { stream: true, body: ask({ tools: [WEATHER] }) });
    expect((await completed(observed)).finishReason).toBe('tool_calls');
    const told = deltasOf(observed.frames).flatMap(({ tool_calls: calls }) => jsonObjects(calls));
    for (const [i, { name, input }] of CALLS.entries()) {
      const own = told.filter(({ index }) => index === i);
      const functions = own.map(({ function: one }) => (isJsonObject(one) ? one : {}));
      expect(functions[0]?.['name']).toBe(name);
      expect(JSON.parse(textOf(functions, 'arguments'))).toEqual(input);
      expect(own.filter(({ id }) => id !== undefined)).toHaveLength(1);
    }
  });

  it('sends tools, calls and their results in the terms of the vendor', async () => {
    const toolCalls = [{ id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }];
    const body = await sent({
      messages: [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
        { role: 'assistant', content: null, tool_calls: toolCalls },
        { role: 'tool', tool_call_id: 'call_a', content: 'sunny' },
      ],
      tools: [WEATHER],
      tool_choice: 'required',
    });
    for (const text of ['Be brief', 'Weather?', 'Tells the weather', 'Bern', 'sunny']) expect(body).toContain(text);
    expect(body).toMatch(/any|ANY|REQUIRED/);
  });

  it('tells thoughts apart from the answer', async () => {
    upstream.enqueue(streamOf(wire, [wire.start, wire.thought('hm'), wire.text('ok'), ...wire.end('stop')]));
    const observed = call(client, { stream: true });
    await completed(observed);
    const deltas = deltasOf(observed.frames);
    expect(textOf(deltas, 'reasoning_content')).toBe('hm');
    expect(textOf(deltas, 'content')).toBe('ok');
  });

  it('sends pictures as they are, and refuses a part that nobody can send', async () => {
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } };
    expect(await sent({ messages: [{ role: 'user', content: [picture] }] })).toContain(PIXEL);
    const content = [{ type: 'hologram' }];
    const { error } = await failed(call(client, { body: ask({ messages: [{ role: 'user', content }] }) }));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'messages[0].content[0]' });
  });

  it('sends a text that is attached as a text, or in base64 where the vendor has it so', async () => {
    const data = Buffer.from('attached').toString('base64');
    const file = { type: 'file', file: { filename: 'a.txt', file_data: `data:text/plain;base64,${data}` } };
    const body = await sent({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Read' }, file] }] });
    expect(body).toContain(wire.kind === 'google' || wire.kind === 'bedrock' ? data : 'attached');
  });

  it('asks for an answer in a schema', async () => {
    const schema = {
      type: 'object',
      properties: { mood: { type: 'string' } },
      required: ['mood'],
      additionalProperties: false,
    };
    const format = { type: 'json_schema', json_schema: { name: 'mood', schema, strict: true } };
    expect(await sent({ response_format: format }, 'claude-sonnet-4-5')).toContain('mood');
  });

  it('keeps the usual settings', async () => {
    const body = await sent({
      max_tokens: 77,
      temperature: 0,
      top_p: 0.5,
      stop: 'END',
      stream: false,
      logprobs: false,
    });
    expect(body).toMatch(/"(?:max_tokens|maxOutputTokens|maxTokens)":77/);
    expect(body).toContain('"temperature":0');
    expect(body).toContain('["END"]');
  });

  it("hands the vendor's own settings on, and follows no link of a request", async () => {
    upstream.enqueue(jsonReply({ stolen: true }));
    const link = { type: 'image_url', image_url: { url: `${upstream.origin}/metadata` } };
    await call(client, { body: ask({ messages: [{ role: 'user', content: [link] }] }) }).outcome;
    expect(upstream.requests.filter(({ path }) => path === '/metadata')).toEqual([]);
  });

  it('refuses arguments that are no JSON, and results of calls that nobody made, by their place', async () => {
    const broken = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"half' } }];
    const first = await failed(call(client, { body: ask({ messages: [{ role: 'assistant', tool_calls: broken }] }) }));
    expect(first.error).toMatchObject({ param: 'messages[0].tool_calls[0].function.arguments' });
    const second = await failed(call(client, { body: ask({ messages: [{ role: 'tool', tool_call_id: 'x' }] }) }));
    expect(second.error).toMatchObject({ param: 'messages[0].tool_call_id' });
  });

  it('says instructions that come late as the user, and that it did', async () => {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Now in French' },
    ];
    const { warnings } = await completed(call(client, { body: ask({ messages }) }));
    expect(warnings?.join()).toContain('system message');
    expect((await upstream.request()).rawBody.toString()).toContain('Now in French');
  });

  it('keeps what was told of usage when the answer broke off', async () => {
    upstream.enqueue(streamOf(wire, [wire.start, wire.text('a'), 'STALL']));
    const observed = call(client, { stream: true });
    await observed.received('"a"');
    observed.abort.abort();
    const { usage } = await failed(observed);
    const isToldEarly = wire.kind === 'anthropic' || wire.kind === 'google';
    expect(usage?.inputTokens ?? null).toBe(isToldEarly ? 11 : null);
  });

  it('notes the limits that the vendor tells', async () => {
    const headers = { 'anthropic-ratelimit-requests-remaining': '5', 'content-type': 'application/json' };
    upstream.enqueue(steps([JSON.stringify(wire.whole('a'))], { headers }));
    expect((await completed(call(client))).told).toMatchObject({ remainingRequests: 5 });
  });

  it('asks for a stream in the same words', async () => {
    upstream.enqueue(talk(wire, 'a'));
    await completed(call(client, { stream: true, body: ask({ max_tokens: 9 }) }));
    expect((await upstream.request()).rawBody.toString()).toMatch(/okens":9/);
  });
});
