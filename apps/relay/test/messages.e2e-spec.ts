import Anthropic from '@anthropic-ai/sdk';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  errorReply,
  frame,
  jsonReply,
  ScriptedUpstream,
  sseReply,
  streamFrames,
  usageFrame,
  type BodyStep,
} from '@relay/testing';
import { RelayProcess, type AdminClient } from './relay-process';
import { ACME_KEY, GLOBEX_KEY } from './test-config';

const NARROW_KEY = 'narrow-key-for-tests';
const PNG = 'iVBORw0KGgo=';
const WEATHER = {
  name: 'weather',
  description: 'The weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};

/** An event as Anthropic sends it. */
const event = (data: { readonly type: string } & Record<string, unknown>): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const nativeMessage = (text: string): Record<string, unknown> => ({
  id: 'msg_native',
  type: 'message',
  role: 'assistant',
  model: 'claude-native',
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 5, output_tokens: 4 },
});

function nativeFrames(words: readonly string[]): string[] {
  const { content: _content, stop_reason: _reason, usage, ...head } = nativeMessage('');
  const start = { ...head, content: [], stop_reason: null, usage: { ...(usage as object), output_tokens: 1 } };
  return [
    event({ type: 'message_start', message: start }),
    event({ type: 'ping' }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...words.map((text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    event({ type: 'content_block_stop', index: 0 }),
    event({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 9 },
    }),
    event({ type: 'message_stop' }),
  ];
}

describe("Anthropic's client", () => {
  let chat: ScriptedUpstream;
  let native: ScriptedUpstream;
  let relay: RelayProcess;
  let admin: AdminClient;
  let client: Anthropic;
  let asked = 0;

  /** A question that nobody asked before, so that no answer of before is served. */
  const question = (more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) => ({
    model: 'small',
    max_tokens: 64,
    messages: [{ role: 'user' as const, content: `Question ${++asked}?` }],
    ...more,
  });
  const lastBody = (upstream: ScriptedUpstream): Record<string, unknown> => upstream.requests.at(-1)?.json() ?? {};
  const connect = (apiKey: string, more: object = {}): Anthropic =>
    new Anthropic({ apiKey, baseURL: relay.url, maxRetries: 0, ...more });
  const refusal = async (call: Promise<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> => {
    const error: unknown = await call.then(
      () => new Error('the call succeeded'),
      (thrown: unknown) => thrown,
    );
    if (error instanceof Anthropic.APIError) return error;
    throw error;
  };

  beforeAll(async () => {
    chat = await ScriptedUpstream.start();
    native = await ScriptedUpstream.start(() => jsonReply(nativeMessage('Hello from Claude')));
    const provider = (id: string, { baseUrl }: ScriptedUpstream, more: object = {}) => ({
      id,
      kind: 'openai',
      baseUrl,
      apiKey: `secret-of-${id}`,
      preheat: { connections: 0 },
      ...more,
    });
    const price = { inputPerMTok: 1, cachedInputPerMTok: 0.1, outputPerMTok: 2 };
    const model = (id: string, of: string) => ({ id, targets: [{ provider: of, model: `${of}-model` }], price });
    relay = await RelayProcess.start({
      config: {
        providers: [provider('chatty', chat), provider('native', native, { operations: ['messages'] })],
        models: [model('small', 'chatty'), model('claude', 'native')],
        tenants: [
          { id: 'acme', keys: [{ name: 'ci', value: ACME_KEY }] },
          { id: 'globex', models: ['small'], keys: [{ name: 'ci', value: GLOBEX_KEY }] },
          { id: 'narrow', keys: [{ name: 'ci', value: NARROW_KEY }], limits: { requestsPerMinute: 1 } },
        ],
      },
    });
    admin = await relay.admin();
    client = connect(ACME_KEY);
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await chat?.close();
    await native?.close();
  });

  describe('of a model whose provider speaks only chat', () => {
    it('is answered', async () => {
      chat.enqueue(jsonReply(completionJson('Paris', { prompt: 12, completion: 1, cached: 4 })));
      const { data, response } = await client.messages
        .create(question({ system: 'Be brief.', stop_sequences: ['END'], metadata: { user_id: 'u-1' } }))
        .withResponse();
      expect(data).toMatchObject({
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text', text: 'Paris' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 1 },
      });
      expect(response.headers.get('x-relay-provider')).toBe('chatty');
      expect(chat.requests.at(-1)?.path).toBe('/v1/chat/completions');
      expect(lastBody(chat)).toMatchObject({
        model: 'chatty-model',
        max_tokens: 64,
        stop: ['END'],
        user: 'u-1',
        messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
      });
    });

    it('gets a stream, cut anywhere, as events of its own, with the usage', async () => {
      const bytes = Buffer.from(
        streamFrames(['Grüße', ' aus ', 'Köln 🌧'], { usage: { prompt: 30, completion: 5 } }).join(''),
      );
      const cut: BodyStep[] = [];
      for (let at = 0; at < bytes.length; at += 7) cut.push(bytes.subarray(at, at + 7));
      chat.enqueue(sseReply(cut));
      const stream = client.messages.stream(question());
      const texts: string[] = [];
      stream.on('text', (text) => texts.push(text));
      const message = await stream.finalMessage();
      expect(texts).toEqual(['Grüße', ' aus ', 'Köln 🌧']);
      expect(message).toMatchObject({
        content: [{ type: 'text', text: 'Grüße aus Köln 🌧' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 30, output_tokens: 5 },
      });
      expect(lastBody(chat)).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    });

    it('calls tools in parallel, told in turn, and sends their results back', async () => {
      const call = (index: number, fields: object): string => deltaFrame({ tool_calls: [{ index, ...fields }] });
      const named = (index: number): string =>
        call(index, { id: `call_${index}`, type: 'function', function: { name: 'weather', arguments: '' } });
      const given = (index: number, args: string): string => call(index, { function: { arguments: args } });
      const turns = [
        named(0),
        named(1),
        given(0, '{"city":'),
        given(1, '{"city":"Bo'),
        given(0, '"Köln"}'),
        given(1, 'nn"}'),
      ];
      chat.enqueue(
        sseReply([
          deltaFrame({ role: 'assistant' }),
          ...turns,
          deltaFrame({}, 'tool_calls'),
          usageFrame(),
          doneFrame(),
        ]),
      );
      const first = question({ tools: [WEATHER], tool_choice: { type: 'any' } });
      const blocks: unknown[] = [];
      const stream = client.messages.stream(first);
      stream.on('contentBlock', (block) => blocks.push(block));
      const message = await stream.finalMessage();
      expect(message.stop_reason).toBe('tool_use');
      expect(message.content).toMatchObject([
        { type: 'tool_use', id: 'call_0', name: 'weather', input: { city: 'Köln' } },
        { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Bonn' } },
      ]);
      expect(blocks).toMatchObject(message.content);
      expect(lastBody(chat)).toMatchObject({ tool_choice: 'required', tools: [{ function: { name: 'weather' } }] });

      const results = message.content.map((block) => ({
        type: 'tool_result' as const,
        tool_use_id: block.type === 'tool_use' ? block.id : '',
        content: 'Rain',
      }));
      await client.messages.create({
        ...first,
        messages: [
          ...first.messages,
          { role: 'assistant', content: message.content },
          { role: 'user', content: results },
        ],
      });
      expect((lastBody(chat)['messages'] as unknown[]).slice(1)).toMatchObject([
        {
          role: 'assistant',
          tool_calls: [{ id: 'call_0', function: { arguments: '{"city":"Köln"}' } }, { id: 'call_1' }],
        },
        { role: 'tool', tool_call_id: 'call_0', content: 'Rain' },
        { role: 'tool', tool_call_id: 'call_1', content: 'Rain' },
      ]);
    });

    it('shows an image', async () => {
      const image = {
        type: 'image' as const,
        source: { type: 'base64' as const, media_type: 'image/png' as const, data: PNG },
      };
      await client.messages.create(
        question({ messages: [{ role: 'user', content: [image, { type: 'text', text: 'What?' }] }] }),
      );
      expect(lastBody(chat)['messages']).toMatchObject([
        { content: [{ image_url: { url: `data:image/png;base64,${PNG}` } }, { type: 'text' }] },
      ]);
    });

    it('sees what the model thinks if it asked for it', async () => {
      const frames = [
        deltaFrame({ reasoning_content: 'Hm, ' }),
        deltaFrame({ reasoning_content: 'yes.' }),
        ...streamFrames(['Yes']),
      ];
      chat.enqueue(sseReply(frames), sseReply(frames));
      const thinking = { type: 'enabled' as const, budget_tokens: 2_048 };
      const message = await client.messages.stream(question({ thinking })).finalMessage();
      expect(message.content).toMatchObject([
        { type: 'thinking', thinking: 'Hm, yes.' },
        { type: 'text', text: 'Yes' },
      ]);
      expect(lastBody(chat)).toMatchObject({ reasoning_effort: 'low' });
      expect((await client.messages.stream(question()).finalMessage()).content).toMatchObject([{ type: 'text' }]);
    });

    it('is served from the cache what was streamed, streamed or not', async () => {
      chat.enqueue(sseReply(streamFrames(['Kept', ' words'])));
      const kept = question();
      const streamed = await client.messages.stream(kept).finalMessage();
      const again = client.messages.stream(kept);
      expect((await again.finalMessage()).content).toEqual(streamed.content);
      const { data, response } = await client.messages.create(kept).withResponse();
      expect(response.headers.get('x-relay-cache')).toBe('exact-l1');
      expect(data.content).toEqual(streamed.content);
      expect(data.usage).toMatchObject({ input_tokens: 11, output_tokens: 3 });
    });

    it('hears of a stream that was cut as an error, after what was said, and of no end', async () => {
      chat.enqueue(sseReply([deltaFrame({ content: 'Half an' }), 'CUT']));
      const seen: string[] = [];
      const failed = await refusal(
        (async () => {
          for await (const each of await client.messages.create({ ...question(), stream: true })) seen.push(each.type);
        })(),
      );
      expect(failed).toMatchObject({ type: 'api_error', errorCode: 'upstream_error' });
      expect(seen).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
    });

    it('is told what chat cannot say', async () => {
      const before = chat.requests.length;
      const tools = [{ type: 'web_search_20250305' as const, name: 'web_search' as const }];
      const error = await refusal(client.messages.create(question({ tools })));
      expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', errorCode: 'invalid_request' });
      expect(error.error).toMatchObject({ error: { param: 'tools[0].type' } });
      expect(chat.requests.length).toBe(before);
    });

    it('is refused in its own words by what the upstream refused', async () => {
      chat.enqueue(errorReply(400, 'context too long'));
      const error = await refusal(client.messages.create(question()));
      expect(error).toBeInstanceOf(Anthropic.BadRequestError);
      expect(error).toMatchObject({
        type: 'invalid_request_error',
        apiMessage: expect.stringContaining('context too long'),
      });
    });
  });

  describe('of a model whose provider speaks messages', () => {
    it('sends its bytes, its version and its betas, and none of its keys', async () => {
      await connect(ACME_KEY, { defaultHeaders: { 'anthropic-beta': 'b-1', 'x-private': 'p' } }).messages.create(
        question({ model: 'claude', tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
      );
      const seen = native.requests.at(-1);
      expect(seen?.path).toBe('/v1/messages');
      expect(seen?.json()).toMatchObject({ model: 'native-model', max_tokens: 64, tools: [{ name: 'web_search' }] });
      expect(seen?.json()).not.toHaveProperty('stream_options');
      expect(seen?.headers).toMatchObject({
        authorization: 'Bearer secret-of-native',
        'anthropic-version': expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        'anthropic-beta': 'b-1',
      });
      expect(Object.keys(seen?.headers ?? {})).toEqual(expect.not.arrayContaining(['x-api-key', 'x-private']));
    });

    it('gets the bytes of its stream, and a trace with all of the usage', async () => {
      const frames = nativeFrames(['Grüße', ' von Claude']);
      native.enqueue(sseReply(frames));
      const reply = await fetch(`${relay.url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': ACME_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ ...question({ model: 'claude' }), stream: true }),
      });
      expect(await reply.text()).toBe(frames.join(''));
      expect(await admin.trace(reply.headers.get('x-relay-trace-id'))).toMatchObject({
        endpoint: '/v1/messages',
        status: 'ok',
        stream: true,
        inputTokens: 35,
        cachedInputTokens: 20,
        outputTokens: 9,
      });
    });

    it('is served from the cache only what was answered to the same betas', async () => {
      const kept = question({ model: 'claude' });
      const cacheOf = async (betas: string): Promise<string | null> => {
        const headers = { 'anthropic-beta': betas };
        const { response } = await client.messages.create(kept, { headers }).withResponse();
        return response.headers.get('x-relay-cache');
      };
      expect(await cacheOf('one,two')).toBe('miss');
      expect(await cacheOf('two, one')).toBe('exact-l1');
      expect(await cacheOf('one')).toBe('miss');
    });

    it('hears of an error inside its stream', async () => {
      const [start = '', ping = '', block = '', words = ''] = nativeFrames(['Half']);
      const overloaded = event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
      native.enqueue(sseReply([start, ping, block, words, overloaded]));
      const error = await refusal(client.messages.stream(question({ model: 'claude' })).finalMessage());
      expect(error).toMatchObject({ type: 'api_error', apiMessage: expect.stringContaining('Overloaded') });
    });

    it('is refused in the very words of the upstream', async () => {
      const body = { type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too large' } };
      native.enqueue(jsonReply(body, { status: 400 }));
      expect((await refusal(client.messages.create(question({ model: 'claude' })))).error).toEqual(body);
    });
  });

  describe('at the door', () => {
    it('is turned away with a wrong key', async () => {
      const error = await refusal(connect('wrong').messages.create(question()));
      expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
      expect(error).toMatchObject({ type: 'authentication_error', errorCode: 'invalid_api_key' });
    });

    it.each([
      [GLOBEX_KEY, 401],
      [ACME_KEY, 200],
    ])('has to mean one key if it sends two: beside %s it is %i', async (token, status) => {
      const reply = await fetch(`${relay.url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': ACME_KEY, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(question()),
      });
      expect(reply.status).toBe(status);
      if (status === 401)
        expect(await reply.json()).toMatchObject({ type: 'error', error: { code: 'invalid_api_key' } });
    });

    it('may send its key as a token', async () => {
      const token = new Anthropic({ apiKey: null, authToken: ACME_KEY, baseURL: relay.url, maxRetries: 0 });
      expect((await token.messages.create(question())).type).toBe('message');
    });

    it('is told of models that its tenant may not use, and of bodies that are none', async () => {
      const error = await refusal(connect(GLOBEX_KEY).messages.create(question({ model: 'claude' })));
      expect(error).toBeInstanceOf(Anthropic.NotFoundError);
      expect(error).toMatchObject({ type: 'not_found_error', errorCode: 'model_not_found' });
      const bad = await refusal(client.messages.create({ ...question(), messages: 'Hi' } as never));
      expect(bad.error).toMatchObject({ type: 'error', error: { type: 'invalid_request_error', param: 'messages' } });
    });

    it('asks with the query that its betas use', async () => {
      const { model, max_tokens, messages } = question();
      expect((await client.beta.messages.create({ model, max_tokens, messages })).type).toBe('message');
    });
  });

  describe('that counts tokens', () => {
    it('gets an estimate without any provider being asked', async () => {
      const before = chat.requests.length + native.requests.length;
      const { data, response } = await client.messages
        .countTokens({
          model: 'claude',
          system: 'Be brief.',
          messages: [{ role: 'user', content: 'One two three four.' }],
        })
        .withResponse();
      expect(data.input_tokens).toBeGreaterThan(8);
      expect(data.input_tokens).toBeLessThan(40);
      expect(response.headers.get('x-relay-estimated')).toBe('1');
      expect(chat.requests.length + native.requests.length).toBe(before);
      const trace = await admin.trace(response.headers.get('x-relay-trace-id'));
      expect(trace).toMatchObject({
        endpoint: '/v1/messages/count_tokens',
        model: 'claude',
        status: 'ok',
        attempts: 0,
      });
      expect(trace.costUsd ?? '0').toBe('0');
    });

    it('passes the same gate: key, model, limits', async () => {
      const params = { model: 'claude', messages: [{ role: 'user' as const, content: 'Hi' }] };
      const count = (key: string): Promise<unknown> => connect(key).messages.countTokens(params);
      expect(await refusal(count('wrong'))).toBeInstanceOf(Anthropic.AuthenticationError);
      expect(await refusal(count(GLOBEX_KEY))).toMatchObject({ errorCode: 'model_not_found' });
      await count(NARROW_KEY);
      const limited = await refusal(count(NARROW_KEY));
      expect(limited).toBeInstanceOf(Anthropic.RateLimitError);
      expect(limited).toMatchObject({ type: 'rate_limit_error', errorCode: 'rate_limited' });
    });
  });

  it('names the stop sequence where the server does', async () => {
    const end = frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 'END' }] });
    chat.enqueue(sseReply([deltaFrame({ content: 'x' }), end, doneFrame()]));
    const message = await client.messages.stream(question({ stop_sequences: ['END'] })).finalMessage();
    expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });
});
