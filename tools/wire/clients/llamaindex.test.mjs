import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OpenAI, OpenAIEmbedding, OpenAIResponses } from '@llamaindex/openai';
import { tool } from '@llamaindex/core/tools';
import { z } from 'zod';
import { KEY, startRelay } from '../server.mjs';
import { PIXEL, SAID, STRUCTURED } from '../upstream.mjs';

const messages = [{ role: 'user', content: 'Hello' }];
const weather = tool({
  name: 'weather',
  description: 'The weather',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `sunny in ${city}`,
});

let relay;
const models = {};
before(async () => {
  relay = await startRelay();
  const options = { apiKey: KEY, model: 'small', baseURL: relay.baseURL, maxRetries: 0 };
  models.chat = new OpenAI(options);
  models.responses = new OpenAIResponses(options);
  models['native responses'] = new OpenAIResponses({ ...options, model: 'native' });
});
after(() => relay?.close());

for (const kind of ['chat', 'responses', 'native responses']) {
  test(`${kind}: text`, async () => {
    assert.equal((await models[kind].chat({ messages })).message.content, SAID);
  });

  test(`${kind}: tools, called at once`, async () => {
    const asked = [{ role: 'user', content: 'Weather?' }];
    const { toolCall } = (await models[kind].chat({ messages: asked, tools: [weather] })).message.options;
    const cities = toolCall.map(({ input }) => (typeof input === 'string' ? JSON.parse(input) : input).city);
    assert.deepEqual(cities, ['Paris', 'Rome']);
  });
}

// Of responses this client tells the last delta again at each event that has none.
test('chat: a stream', async () => {
  let text = '';
  for await (const { delta } of await models.chat.chat({ messages, stream: true })) text += delta;
  assert.equal(text, SAID);
});

test('chat: the results of tools', async () => {
  const asked = [{ role: 'user', content: 'Weather?' }];
  const { message } = await models.chat.chat({ messages: asked, tools: [weather] });
  const results = message.options.toolCall.map(({ id }) => ({
    ...{ role: 'user', content: 'sunny' },
    options: { toolResult: { id, result: 'sunny', isError: false } },
  }));
  const reply = await models.chat.chat({ messages: [...asked, message, ...results], tools: [weather] });
  assert.equal(reply.message.content, 'It is sunny.');
});

test('chat: structured output', async () => {
  const responseFormat = z.object({ city: z.string(), degrees: z.number() });
  const { message } = await models.chat.chat({ messages, responseFormat });
  assert.deepEqual(JSON.parse(message.content), STRUCTURED);
});

test('chat: vision', async () => {
  const content = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
  ];
  assert.equal((await models.chat.chat({ messages: [{ role: 'user', content }] })).message.content, 'A picture.');
});

test('embeddings', async () => {
  const embedding = new OpenAIEmbedding({ apiKey: KEY, model: 'small', baseURL: relay.baseURL });
  assert.deepEqual(await embedding.getTextEmbedding('a'), [0.25, -0.5, 1]);
});
