import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { embed, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { KEY, startRelay } from '../server.mjs';
import { PIXEL, SAID, STRUCTURED } from '../upstream.mjs';

const weather = tool({ inputSchema: z.object({ city: z.string() }), execute: async ({ city }) => `sunny in ${city}` });

let relay;
const models = {};
before(async () => {
  relay = await startRelay();
  const openai = createOpenAI({ apiKey: KEY, baseURL: relay.baseURL });
  const anthropic = createAnthropic({ apiKey: KEY, baseURL: relay.baseURL });
  Object.assign(models, {
    chat: openai.chat('small'),
    responses: openai.responses('small'),
    'native responses': openai.responses('native'),
    messages: anthropic('small'),
    'native messages': anthropic('native'),
  });
  models.embedding = openai.embedding('small');
});
after(() => relay?.close());

for (const kind of ['chat', 'responses', 'native responses', 'messages', 'native messages']) {
  test(`${kind}: text`, async () => {
    const { text } = await generateText({ model: models[kind], prompt: 'Hello', maxRetries: 0 });
    assert.equal(text, SAID);
  });

  test(`${kind}: a stream`, async () => {
    const stream = streamText({ model: models[kind], prompt: 'Hello', maxRetries: 0 });
    assert.equal(await stream.text, SAID);
    assert.equal((await stream.usage).outputTokens, 3);
  });

  test(`${kind}: tools, called at once and answered`, async () => {
    const { text, steps } = await generateText({
      model: models[kind],
      prompt: 'Weather?',
      tools: { weather },
      stopWhen: stepCountIs(2),
      maxRetries: 0,
    });
    assert.deepEqual(steps[0].toolCalls.map(({ input }) => input.city), ['Paris', 'Rome']); // prettier-ignore
    assert.equal(text, 'It is sunny in Rome.');
  });

  test(`${kind}: vision`, async () => {
    const content = [
      { type: 'text', text: 'What is it?' },
      { type: 'image', image: PIXEL, mediaType: 'image/png' },
    ];
    const { text } = await generateText({ model: models[kind], messages: [{ role: 'user', content }], maxRetries: 0 });
    assert.equal(text, 'A picture.');
  });
}

for (const kind of ['chat', 'responses', 'native responses']) {
  test(`${kind}: structured output`, async () => {
    const schema = z.object({ city: z.string(), degrees: z.number() });
    const { output } = await generateText({ model: models[kind], prompt: 'Where?', output: Output.object({ schema }) });
    assert.deepEqual(output, STRUCTURED);
  });
}

test('embeddings', async () => {
  const { embedding } = await embed({ model: models.embedding, value: 'a' });
  assert.deepEqual(embedding, [0.25, -0.5, 1]);
});
