import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { z } from 'zod';
import { KEY, startRelay } from '../server.mjs';
import { PIXEL, SAID, STRUCTURED } from '../upstream.mjs';

const weather = tool(async ({ city }) => `sunny in ${city}`, {
  name: 'weather',
  description: 'The weather',
  schema: z.object({ city: z.string() }),
});

let relay;
const models = {};
before(async () => {
  relay = await startRelay();
  const openai = { apiKey: KEY, model: 'small', maxRetries: 0, configuration: { baseURL: relay.baseURL } };
  models.openai = new ChatOpenAI(openai);
  models.responses = new ChatOpenAI({ ...openai, useResponsesApi: true });
  models['native responses'] = new ChatOpenAI({ ...openai, model: 'native', useResponsesApi: true });
  const anthropic = { apiKey: KEY, maxRetries: 0, anthropicApiUrl: relay.url };
  models.anthropic = new ChatAnthropic({ ...anthropic, model: 'small' });
  models['native anthropic'] = new ChatAnthropic({ ...anthropic, model: 'native' });
});
after(() => relay?.close());

for (const kind of ['openai', 'responses', 'native responses', 'anthropic', 'native anthropic']) {
  test(`${kind}: text`, async () => {
    assert.equal((await models[kind].invoke('Hello')).text, SAID);
  });

  test(`${kind}: a stream`, async () => {
    let text = '';
    for await (const chunk of await models[kind].stream('Hello')) text += chunk.text;
    assert.equal(text, SAID);
  });

  test(`${kind}: tools, called at once and answered`, async () => {
    const model = models[kind].bindTools([weather]);
    const asked = [new HumanMessage('Weather?')];
    const reply = await model.invoke(asked);
    assert.deepEqual(reply.tool_calls.map(({ args }) => args.city), ['Paris', 'Rome']); // prettier-ignore
    const results = reply.tool_calls.map(({ id }) => new ToolMessage({ tool_call_id: id, content: 'sunny' }));
    assert.equal((await model.invoke([...asked, reply, ...results])).text, 'It is sunny.');
  });

  test(`${kind}: vision`, async () => {
    const content = [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
    ];
    assert.equal((await models[kind].invoke([new HumanMessage({ content })])).text, 'A picture.');
  });
}

test('structured output', async () => {
  const schema = z.object({ city: z.string(), degrees: z.number() });
  const model = models.openai.withStructuredOutput(schema, { method: 'jsonSchema' });
  assert.deepEqual(await model.invoke('Where?'), STRUCTURED);
});

test('embeddings', async () => {
  const configuration = { baseURL: relay.baseURL };
  const embeddings = new OpenAIEmbeddings({ apiKey: KEY, model: 'small', configuration });
  assert.deepEqual(await embeddings.embedQuery('a'), [0.25, -0.5, 1]);
});
