import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OpenAI, OpenAIEmbedding } from '@llamaindex/openai';
import { KEY, startRelay } from '../server.mjs';
import { SAID } from '../upstream.mjs';

const messages = [{ role: 'user', content: 'Hello' }];

let relay;
let model;
before(async () => {
  relay = await startRelay();
  model = new OpenAI({ apiKey: KEY, model: 'small', baseURL: relay.baseURL, maxRetries: 0 });
});
after(() => relay?.close());

test('chat', async () => {
  assert.equal((await model.chat({ messages })).message.content, SAID);
});

test('chat, streamed', async () => {
  let text = '';
  for await (const { delta } of await model.chat({ messages, stream: true })) text += delta;
  assert.equal(text, SAID);
});

test('embeddings', async () => {
  const embedding = new OpenAIEmbedding({ apiKey: KEY, model: 'small', baseURL: relay.baseURL });
  assert.deepEqual(await embedding.getTextEmbedding('a'), [0.25, -0.5, 1]);
});
