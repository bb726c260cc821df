import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { LONG, WAITS } from '../faults.mjs';
import { KEY, startRelay } from '../server.mjs';
import { SAID } from '../upstream.mjs';

const hello = [{ role: 'user', content: 'Hello' }];

let relay;
let openai;
let anthropic;
before(async () => {
  relay = await startRelay();
  openai = new OpenAI({ apiKey: KEY, baseURL: relay.baseURL, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey: KEY, baseURL: relay.url, maxRetries: 0 });
});
after(() => relay?.close());

/** The text of a stream to its end, by each client and protocol. */
const STREAMS = {
  async chat(model) {
    const stream = await openai.chat.completions.create({ model, messages: hello, stream: true });
    let text = '';
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    return text;
  },
  responses: async (model) => (await openai.responses.stream({ model, input: 'Hello' }).finalResponse()).output_text,
  async messages(model) {
    const message = await anthropic.messages.stream({ model, max_tokens: 100, messages: hello }).finalMessage();
    return message.content[0].text;
  },
};
/** Not streamed, with a time in which the relay has to be done. */
const WHOLE = {
  chat: (model, options) => openai.chat.completions.create({ model, messages: hello }, options),
  responses: (model, options) => openai.responses.create({ model, input: 'Hello' }, options),
  messages: (model, options) => anthropic.messages.create({ model, max_tokens: 100, messages: hello }, options),
};

for (const [protocol, read] of Object.entries(STREAMS)) {
  test(`${protocol}: lines of a stream that end by LF, CR LF and CR in turn`, async () => {
    assert.equal(await read('mixed'), SAID);
  });

  test(`${protocol}: an event of a megabyte`, async () => {
    assert.equal(await read('long'), SAID.replace('👋', LONG));
  });

  for (const fault of ['cut', 'stall', 'failing'])
    test(`${protocol}: a stream that is ${fault} is an error, not an answer`, async () => {
      await assert.rejects(read(fault), (error) => error instanceof Error && !(error instanceof assert.AssertionError));
    });
}

for (const [protocol, ask] of Object.entries(WHOLE)) {
  const { InternalServerError } = protocol === 'messages' ? Anthropic : OpenAI;

  for (const fault of ['html', 'bomb'])
    test(`${protocol}: an upstream that sends ${fault} with 200 is a bad gateway`, async () => {
      await assert.rejects(ask(fault), (error) => error instanceof InternalServerError && error.status === 502);
    });

  test(`${protocol}: an upstream that sends a byte now and then is given up at the deadline`, async () => {
    const options = { headers: { 'x-relay-deadline-ms': '1500' } };
    await assert.rejects(ask('drip', options), (error) => error instanceof InternalServerError && error.status === 504);
  });
}

for (const form of Object.keys(WAITS))
  test(`a 429 that tells by ${form} when to come again is told to who cannot wait, and waited for by who can`, async () => {
    const refused = await WHOLE.chat(form, { headers: { 'x-relay-deadline-ms': '500' } }).catch((error) => error);
    assert.ok(refused instanceof OpenAI.RateLimitError, String(refused));
    assert.match(refused.headers.get('retry-after'), /^[12]$/);
    const { content } = await WHOLE.messages(form, { maxRetries: 5 });
    assert.equal(content[0].text, SAID);
  });
