import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { KEY, MODELS, startRelay } from '../server.mjs';
import { SAID } from '../upstream.mjs';

const asking =
  (model) =>
  (content, more = {}) => ({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content }],
    ...more,
  });
const tools = [{ name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }];

let relay;
let client;
before(async () => {
  relay = await startRelay();
  client = new Anthropic({ apiKey: KEY, baseURL: relay.url, maxRetries: 0 });
});
after(() => relay?.close());

for (const model of MODELS) {
  const ask = asking(model);

  test(`${model}: a message`, async () => {
    const message = await client.messages.create(ask('Hello'));
    assert.deepEqual(message.content.map(({ type, text }) => [type, text]), [['text', SAID]]); // prettier-ignore
    assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [11, 3]);
    assert.equal(message.stop_reason, 'end_turn');
  });

  test(`${model}: a message, streamed`, async () => {
    const message = await client.messages.stream(ask('Hello')).finalMessage();
    assert.equal(message.content[0].text, SAID);
  });

  test(`${model}: two tools called at once, streamed in pieces that interleave, and their results`, async () => {
    const message = await client.messages.stream(ask('Weather?', { tools })).finalMessage();
    const calls = message.content.filter(({ type }) => type === 'tool_use');
    assert.deepEqual(calls.map(({ id, input }) => [id, input.city]), [['call_paris', 'Paris'], ['call_rome', 'Rome']]); // prettier-ignore
    assert.equal(message.stop_reason, 'tool_use');
    const results = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'sunny' }));
    const messages = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: message.content },
      { role: 'user', content: results },
    ];
    const final = await client.messages.create({ model, max_tokens: 100, tools, messages });
    assert.equal(final.content[0].text, 'It is sunny.');
  });

  test(`${model}: vision`, async () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
    const message = await client.messages.create(ask([{ type: 'image', source }, { type: 'text', text: 'What?' }])); // prettier-ignore
    assert.equal(message.content[0].text, 'A picture.');
  });

  test(`${model}: a cut stream is an error, not an answer`, async () => {
    await assert.rejects(client.messages.stream(ask('please cut')).finalMessage());
  });
}

const ask = asking('small');

test('counting tokens', async () => {
  const { input_tokens: tokens } = await client.messages.countTokens({ model: 'small', messages: ask('Hello').messages }); // prettier-ignore
  assert.ok(tokens > 0);
});

test('errors are of the class that the client knows', async () => {
  await assert.rejects(client.messages.create(ask('please refuse')), Anthropic.BadRequestError);
  await assert.rejects(client.messages.create(ask('x', { model: 'none' })), Anthropic.NotFoundError);
  const stranger = new Anthropic({ apiKey: 'nobody', baseURL: relay.url, maxRetries: 0 });
  await assert.rejects(stranger.messages.create(ask('Hello')), Anthropic.AuthenticationError);
});
