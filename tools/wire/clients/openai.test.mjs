import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { KEY, MODELS, startRelay } from '../server.mjs';
import { PIXEL, SAID, STRUCTURED } from '../upstream.mjs';

const PICTURE = `data:image/png;base64,${PIXEL}`;
const City = z.object({ city: z.string(), degrees: z.number() });
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const ask = (content, more = {}) => ({ model: 'small', messages: [{ role: 'user', content }], ...more });

let relay;
let client;
before(async () => {
  relay = await startRelay();
  client = new OpenAI({ apiKey: KEY, baseURL: relay.baseURL, maxRetries: 0 });
});
after(() => relay?.close());

test('chat', async () => {
  const { choices, usage } = await client.chat.completions.create(ask('Hello'));
  assert.equal(choices[0].message.content, SAID);
  assert.deepEqual([usage.prompt_tokens, usage.completion_tokens], [11, 3]);
});

test('chat, streamed', async () => {
  const stream = client.chat.completions.stream(ask('Hello', { stream_options: { include_usage: true } }));
  const { choices, usage } = await stream.finalChatCompletion();
  assert.equal(choices[0].message.content, SAID);
  assert.equal(usage.total_tokens, 14);
});

test('chat: two tools called at once, streamed in pieces that interleave', async () => {
  const tools = [{ type: 'function', function: { name: 'weather', parameters } }];
  const final = await client.chat.completions.stream(ask('Weather?', { tools })).finalChatCompletion();
  const calls = final.choices[0].message.tool_calls.map((call) => [call.id, JSON.parse(call.function.arguments).city]);
  assert.deepEqual(calls, [
    ['call_paris', 'Paris'],
    ['call_rome', 'Rome'],
  ]);
});

test('chat: structured output', async () => {
  const format = { response_format: zodResponseFormat(City, 'city') };
  const parsed = await client.chat.completions.parse(ask('Where?', format));
  assert.deepEqual(parsed.choices[0].message.parsed, STRUCTURED);
});

test('chat: vision', async () => {
  const content = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: PICTURE } },
  ];
  const { choices } = await client.chat.completions.create(ask(content));
  assert.equal(choices[0].message.content, 'A picture.');
});

test('chat: errors are of the class that the client knows', async () => {
  await assert.rejects(client.chat.completions.create(ask('please refuse')), OpenAI.BadRequestError);
  await assert.rejects(client.chat.completions.create(ask('x', { model: 'none' })), OpenAI.NotFoundError);
  const stranger = new OpenAI({ apiKey: 'nobody', baseURL: relay.baseURL, maxRetries: 0 });
  await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
});

test('chat: a cut stream is an error, not an answer', async () => {
  const stream = await client.chat.completions.create(ask('please cut', { stream: true }));
  await assert.rejects(async () => {
    for await (const chunk of stream) assert.ok(chunk);
  });
});

test('completions', async () => {
  const { choices } = await client.completions.create({ model: 'small', prompt: 'Hello' });
  assert.equal(choices[0].text, SAID);
  let text = '';
  for await (const chunk of await client.completions.create({ model: 'small', prompt: 'Hello', stream: true }))
    text += chunk.choices[0]?.text ?? '';
  assert.equal(text, SAID);
});

test('embeddings, as the client asks for them by itself: in base64', async () => {
  const { data } = await client.embeddings.create({ model: 'small', input: ['a', 'b'] });
  assert.deepEqual(data.map(({ embedding }) => embedding), [[0.25, -0.5, 1], [0.25, -0.5, 1]]); // prettier-ignore
});

for (const model of MODELS) {
  test(`responses (${model})`, async () => {
    const response = await client.responses.create({ model, input: 'Hello' });
    assert.equal(response.output_text, SAID);
    assert.equal(response.status, 'completed');
  });

  test(`responses (${model}), streamed`, async () => {
    const final = await client.responses.stream({ model, input: 'Hello' }).finalResponse();
    assert.equal(final.output_text, SAID);
  });

  test(`responses (${model}): two tools called at once`, async () => {
    const tools = [{ type: 'function', name: 'weather', parameters, strict: false }];
    const final = await client.responses.stream({ model, input: 'Weather?', tools }).finalResponse();
    const calls = final.output.filter(({ type }) => type === 'function_call');
    assert.deepEqual(calls.map((call) => [call.call_id, JSON.parse(call.arguments).city]), [['call_paris', 'Paris'], ['call_rome', 'Rome']]); // prettier-ignore
  });

  test(`responses (${model}): structured output`, async () => {
    const text = { format: zodTextFormat(City, 'city') };
    const parsed = await client.responses.parse({ model, input: 'Where?', text });
    assert.deepEqual(parsed.output_parsed, STRUCTURED);
  });

  test(`responses (${model}): vision`, async () => {
    const content = [
      { type: 'input_text', text: 'What is it?' },
      { type: 'input_image', detail: 'auto', image_url: PICTURE },
    ];
    const response = await client.responses.create({ model, input: [{ role: 'user', content }] });
    assert.equal(response.output_text, 'A picture.');
  });
}

test('responses: a conversation goes on by the id of the last one', async () => {
  const first = await client.responses.create({ model: 'small', input: 'Hello' });
  const second = await client.responses.create({ model: 'small', input: 'And?', previous_response_id: first.id });
  assert.equal(second.previous_response_id, first.id);
  const sent = relay.upstream.requests
    .at(-1)
    .json()
    .messages.map(({ role }) => role);
  assert.deepEqual(sent, ['user', 'assistant', 'user']);
});

test('responses: a conversation goes on by the id of the last one, with an upstream that speaks responses', async () => {
  const first = await client.responses.create({ model: 'native', input: 'Hello' });
  await client.responses.create({ model: 'native', input: 'And?', previous_response_id: first.id });
  const { input, previous_response_id: previous } = relay.upstream.requests.at(-1).json();
  assert.deepEqual(input.map(({ role }) => role), ['user', 'assistant', 'user']); // prettier-ignore
  assert.equal(previous ?? null, null);
});

test('models', async () => {
  const ids = (await client.models.list()).data.map(({ id }) => id);
  assert.ok(ids.includes('small'));
});

test('batch', async () => {
  const line = { custom_id: 'one', method: 'POST', url: '/v1/chat/completions', body: ask('Hello') };
  const file = await client.files.create({ file: new File([JSON.stringify(line)], 'in.jsonl'), purpose: 'batch' });
  let batch = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  for (const giveUpAt = Date.now() + 30_000; batch.status !== 'completed' && Date.now() < giveUpAt;)
    batch = await client.batches.retrieve(batch.id);
  const output = await (await client.files.content(batch.output_file_id)).text();
  assert.equal(JSON.parse(output).response.body.choices[0].message.content, SAID);
});
