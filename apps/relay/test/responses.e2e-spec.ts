import {
  deltaFrame,
  doneFrame,
  errorReply,
  rawReply,
  ScriptedUpstream,
  sseReply,
  streamFrames,
  usageFrame,
} from '@relay/testing';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { ResponseCreateParamsBase, ResponseStreamEvent, Tool } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { RelayProcess } from './relay-process';
import { ACME_KEY, testConfig } from './test-config';

const LOOK: Tool = {
  type: 'function',
  name: 'look',
  description: 'Looks at something.',
  parameters: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'], additionalProperties: false },
  strict: true,
};
const USAGE = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 2 },
  output_tokens: 4,
  output_tokens_details: { reasoning_tokens: 1 },
  total_tokens: 13,
};

const POLICY = {
  name: 'default',
  version: 1,
  rules: [{ id: 'redact', when: '"redact" in request.tags', then: { guards: { pii: { action: 'redact' } } } }],
};

/** A model that is served by an upstream which speaks only chat, and one by an upstream which speaks responses itself. */
function config(chat: ScriptedUpstream, native: ScriptedUpstream): object {
  const both = testConfig(chat, { fallback: native, policy: POLICY }) as { providers: object[]; models: object[] };
  const [mock, spare] = both.providers;
  const model = (id: string, provider: string): object => ({
    id,
    tier: 'basic',
    targets: [{ provider, model: `${provider}-model`, weight: 1 }],
    price: { inputPerMTok: 1, outputPerMTok: 2 },
  });
  return {
    ...both,
    providers: [
      { ...mock, operations: ['chat'] },
      { ...spare, operations: ['responses'] },
    ],
    models: [model('small', 'mock'), model('large', 'spare')],
  };
}

type Params = Omit<ResponseCreateParamsBase, 'stream'>;

const asked = (input: Params['input'], more: Params = {}) =>
  ({ model: 'small', input, store: false, ...more }) as const;

const callFrame = (index: number, fields: object): string => deltaFrame({ tool_calls: [{ index, ...fields }] });

/** A whole response as an upstream that speaks responses gives it. */
const nativeAnswer = (text: string): object => ({
  id: 'resp_native',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'spare-model',
  output: [
    {
      id: 'msg_native',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
    },
  ],
  usage: USAGE,
});

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

function nativeStream(text: string): string[] {
  const response = nativeAnswer(text);
  const place = { item_id: 'msg_native', output_index: 0, content_index: 0 };
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  const item = { id: 'msg_native', type: 'message', status: 'in_progress', role: 'assistant', content: [] };
  const part = { type: 'output_text', text: '', annotations: [] };
  return [
    event('response.created', { sequence_number: 0, response: begun }),
    event('response.output_item.added', { sequence_number: 1, output_index: 0, item }),
    event('response.content_part.added', { sequence_number: 2, ...place, part }),
    ...[...text].map((delta, i) => event('response.output_text.delta', { sequence_number: 3 + i, ...place, delta })),
    event('response.completed', { sequence_number: 99, response }),
  ];
}

describe('responses, asked for with the official client', () => {
  let chat: ScriptedUpstream;
  let native: ScriptedUpstream;
  let relay: RelayProcess;
  let client: OpenAI;

  beforeAll(async () => {
    chat = await ScriptedUpstream.start();
    native = await ScriptedUpstream.start();
    relay = await RelayProcess.start({ config: config(chat, native) });
    client = relay.openai(ACME_KEY);
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await chat?.close();
    await native?.close();
  });

  const post = (body: object): Promise<Response> =>
    fetch(`${relay.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ACME_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  async function eventsOf(input: string, more: Params = {}): Promise<ResponseStreamEvent[]> {
    const events: ResponseStreamEvent[] = [];
    for await (const one of await client.responses.create({ ...asked(input), ...more, stream: true })) events.push(one);
    return events;
  }

  describe('of an upstream that speaks only chat', () => {
    it('are answers with the words, the usage and what was asked', async () => {
      const response = await client.responses.create(asked('Hello?', { instructions: 'Be brief.' }));
      expect(response.output_text).toBe('Hello from upstream');
      expect(response).toMatchObject({ status: 'completed', instructions: 'Be brief.', model: 'mock-model' });
      expect(response.usage).toMatchObject({ input_tokens: 11, output_tokens: 3, total_tokens: 14 });
      const sent = chat.requests.at(-1);
      expect(sent?.path).toBe('/v1/chat/completions');
      expect(sent?.json()).toEqual({
        model: 'mock-model',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hello?' },
        ],
      });
    });

    it('are streams whose events the client puts together to the same', async () => {
      const stream = client.responses.stream(asked('Stream, please'));
      let text = '';
      stream.on('response.output_text.delta', ({ delta }) => (text += delta));
      const response = await stream.finalResponse();
      expect(text).toBe('Hello from upstream');
      expect(response).toMatchObject({ status: 'completed', output_text: text, usage: { input_tokens: 11 } });
      expect(chat.requests.at(-1)?.json()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    });

    it('call tools in parallel, take their answers, and go on', async () => {
      chat.enqueue(
        sseReply([
          callFrame(0, { id: 'call_a', type: 'function', function: { name: 'look', arguments: '' } }),
          callFrame(1, { id: 'call_b', type: 'function', function: { name: 'look', arguments: '{"at"' } }),
          callFrame(0, { function: { arguments: '{"at":"sea"}' } }),
          callFrame(1, { function: { arguments: ':"sky"}' } }),
          deltaFrame({}, 'tool_calls'),
          usageFrame(),
          doneFrame(),
        ]),
      );
      const question = { role: 'user', content: 'Look around' } as const;
      const first = await client.responses.stream(asked([question], { tools: [LOOK] })).finalResponse();
      const calls = first.output.filter((item) => item.type === 'function_call');
      expect(calls.map((call) => [call.call_id, call.name, call.arguments])).toEqual([
        ['call_a', 'look', '{"at":"sea"}'],
        ['call_b', 'look', '{"at":"sky"}'],
      ]);
      const outputs = calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'blue' }));
      const history = calls.map(({ call_id, name, arguments: given }) => ({
        type: 'function_call' as const,
        call_id,
        name,
        arguments: given,
      }));
      const second = await client.responses.create(asked([question, ...history, ...outputs], { tools: [LOOK] }));
      expect(second.output_text).toBe('Hello from upstream');
      const { type: _type, ...look } = LOOK;
      expect(chat.requests.at(-1)?.json()).toMatchObject({
        tools: [{ type: 'function', function: look }],
        messages: [
          { role: 'user', content: 'Look around' },
          {
            role: 'assistant',
            tool_calls: [
              { id: 'call_a', type: 'function', function: { name: 'look', arguments: '{"at":"sea"}' } },
              { id: 'call_b', type: 'function', function: { name: 'look', arguments: '{"at":"sky"}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'call_a', content: 'blue' },
          { role: 'tool', tool_call_id: 'call_b', content: 'blue' },
        ],
      });
    });

    it('have the structure that was asked for', async () => {
      chat.enqueue(sseReply(streamFrames(['{"name":"Ada",', '"born":1815}'])));
      const format = zodTextFormat(z.object({ name: z.string(), born: z.number() }), 'person');
      const streamed = await client.responses.stream({ ...asked('Who?'), text: { format } }).finalResponse();
      expect(streamed.output_parsed).toEqual({ name: 'Ada', born: 1815 });
      const parsed = await client.responses.parse({ ...asked('Who?'), text: { format } });
      expect(parsed.output_parsed).toEqual({ name: 'Ada', born: 1815 }); // a hit: the same question in another form
      expect(chat.requests.at(-1)?.json()).toMatchObject({
        response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true } },
      });
    });

    it('see pictures', async () => {
      const image = 'data:image/png;base64,iVBORw0KGgo=';
      const content = [
        { type: 'input_text', text: 'What is this?' },
        { type: 'input_image', image_url: image, detail: 'low' },
      ] as const;
      await client.responses.create(asked([{ role: 'user', content: [...content] }]));
      expect(chat.requests.at(-1)?.json()['messages']).toEqual([
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: image, detail: 'low' } },
          ],
        },
      ]);
    });

    it('end incomplete where the upstream came to its limit', async () => {
      chat.enqueue(
        sseReply([deltaFrame({ content: 'Once upon' }), deltaFrame({}, 'length'), usageFrame(), doneFrame()]),
      );
      const response = await client.responses.stream(asked('A story', { max_output_tokens: 2 })).finalResponse();
      expect(response).toMatchObject({
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output_text: 'Once upon',
      });
      expect(chat.requests.at(-1)?.json()).toMatchObject({ max_tokens: 2 });
    });

    it('are errors that the client throws: what the upstream refuses, and what chat cannot say', async () => {
      chat.enqueue(errorReply(400, 'too odd'));
      await expect(client.responses.create(asked('Odd'))).rejects.toMatchObject({ status: 400 });
      const sent = chat.requests.length;
      const search = client.responses.create(asked('News?', { tools: [{ type: 'web_search' }] }));
      await expect(search).rejects.toMatchObject({ status: 400, code: 'invalid_request', param: 'tools[0].type' });
      await expect(client.responses.create({ model: 'small' } as never)).rejects.toMatchObject({
        status: 400,
        param: 'input',
      });
      expect(chat.requests.length).toBe(sent);
    });

    it('are never complete after a cut: the client throws', async () => {
      chat.enqueue(
        sseReply([deltaFrame({ role: 'assistant', content: 'Half' }), deltaFrame({ content: ' an' }), 'CUT']),
      );
      const seen: string[] = [];
      const reading = (async () => {
        for await (const one of await client.responses.create({ ...asked('Cut me'), stream: true }))
          seen.push(one.type);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'upstream_error' });
      expect(seen).toContain('response.output_text.delta');
      expect(seen).not.toContain('response.completed');
    });

    it('are kept, for who asks the same again as a stream, and not for who asks in chat', async () => {
      const first = await client.responses.create(asked('Keep this'));
      const sent = chat.requests.length;
      const events = await eventsOf('Keep this');
      expect(chat.requests.length).toBe(sent);
      expect(events.map((one) => one.sequence_number)).toEqual(events.map((_, i) => i));
      const last = events.at(-1);
      expect(last?.type === 'response.completed' && last.response.output).toEqual(first.output);
      await client.chat.completions.create({ model: 'small', messages: [{ role: 'user', content: 'Keep this' }] });
      expect(chat.requests.length).toBe(sent + 1);
    });
  });

  describe('of an upstream that speaks responses', () => {
    it('pass as they came, both ways', async () => {
      const answer = JSON.stringify(nativeAnswer('Natively'), null, 2);
      native.enqueue(rawReply(answer, 'application/json'));
      const body = asked('Natively?', {
        model: 'large',
        tools: [{ type: 'web_search' }],
        reasoning: { effort: 'low' },
      });
      const reply = await post(body);
      expect(await reply.text()).toBe(answer);
      const sent = native.requests.at(-1);
      expect(sent?.path).toBe('/v1/responses');
      expect(sent?.json()).toEqual({ ...body, model: 'spare-model' });
    });

    it('stream byte for byte, and cost what they say', async () => {
      const frames = nativeStream('Grüße 👋');
      native.enqueue(sseReply(frames));
      const reply = await post({ ...asked('Stream natively', { model: 'large' }), stream: true });
      expect(await reply.text()).toBe(frames.join(''));
      expect(native.requests.at(-1)?.json()).not.toHaveProperty('stream_options');
      const admin = await relay.admin();
      const trace = await admin.trace(reply.headers.get('x-relay-trace-id'));
      expect(trace).toMatchObject({ status: 'ok', inputTokens: 9, cachedInputTokens: 2, outputTokens: 4 });
    });

    it('are errors where the upstream failed in the middle', async () => {
      const [created = '', ...begin] = nativeStream('x').slice(0, 4);
      const failed = event('response.failed', {
        sequence_number: 5,
        response: { ...nativeAnswer('x'), status: 'failed', error: { code: 'server_error', message: 'It broke.' } },
      });
      native.enqueue(sseReply([created, ...begin, failed]));
      await expect(eventsOf('Fail natively', { model: 'large' })).rejects.toMatchObject({ code: 'upstream_error' });
    });

    it('pass with what a guard took out put back, whatever it is torn into', async () => {
      native.enqueue(sseReply(nativeStream('I wrote to [EMAIL_1].')));
      const question = asked('Write to alice@private.example', { model: 'large' });
      const stream = client.responses.stream(question, { headers: { 'x-relay-tags': 'redact' } });
      const response = await stream.finalResponse();
      expect(response.output_text).toBe('I wrote to alice@private.example.');
      expect(native.requests.at(-1)?.json()).toMatchObject({ input: 'Write to [EMAIL_1]' });
    });

    it('are replayed from the cache event by event', async () => {
      native.enqueue(sseReply(nativeStream('Once')));
      await eventsOf('Twice', { model: 'large' });
      const sent = native.requests.length;
      const replayed = await client.responses.stream(asked('Twice', { model: 'large' })).finalResponse();
      expect(replayed).toMatchObject({ id: 'resp_native', output_text: 'Once', usage: USAGE });
      expect(native.requests.length).toBe(sent);
    });
  });
});
