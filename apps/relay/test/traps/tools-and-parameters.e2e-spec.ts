import { OPERATION_SHAPES, OPERATIONS, type Operation } from '@relay/contracts';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  frame,
  jsonReply,
  ScriptedUpstream,
  sseReply,
  streamFrames,
  usageFrame,
} from '@relay/testing';
import { routeOf } from './route-examples';
import { FRESH, TrapRelay } from './trap-relay';

/** Rule by tag, so that only requests which ask for it are compared by their meaning. */
const POLICY = {
  name: 'traps',
  version: 1,
  rules: [
    {
      id: 'by-meaning',
      when: '"by-meaning" in request.tags',
      then: { cache: { semantic: { mode: 'static', threshold: 0.7 } } },
    },
  ],
};

const PLACES = [
  { id: 'call_rain', name: 'weather', text: '{"city":"Köln","days":0,"exact":false}' },
  { id: 'call_time', name: 'time', text: '{"zone":"Asia/Tokyo \\"JST\\"","sub":{"n":[1,2]}}' },
];
const TOOLS = PLACES.map(({ name }) => ({
  type: 'function',
  function: { name, description: name, parameters: { type: 'object', properties: {} } },
}));

const callDelta = (index: number, fields: object): string => deltaFrame({ tool_calls: [{ index, ...fields }] });

/** Two calls at once, their arguments in alternation, three characters at a time; the last piece comes with the finish reason. */
function interleavedCalls(): string[] {
  const frames = [deltaFrame({ role: 'assistant', content: null })];
  for (const [index, { id, name }] of PLACES.entries())
    frames.push(callDelta(index, { id, type: 'function', function: { name, arguments: '' } }));
  const pieces = PLACES.map(({ text }) => text.match(/.{1,3}/gs) ?? []);
  for (let i = 0; i < Math.max(...pieces.map(({ length }) => length)); i++) {
    for (const [index, of] of pieces.entries())
      if (of[i]) frames.push(callDelta(index, { function: { arguments: of[i] } }));
  }
  const last = frames.pop()?.replace('"finish_reason":null', '"finish_reason":"tool_calls"') ?? '';
  return [...frames, last, usageFrame(), doneFrame()];
}

interface ToolCall {
  readonly index?: number;
  readonly id: string;
  readonly type: string;
  readonly function: { readonly name: string; readonly arguments: string };
}
interface Chat {
  readonly choices: readonly {
    readonly index: number;
    readonly message: { readonly content: string | null; readonly tool_calls?: readonly ToolCall[] };
    readonly finish_reason: string;
    readonly logprobs?: { readonly content: readonly { readonly token: string }[] } | null;
  }[];
}

const dataOf = (text: string): Record<string, unknown>[] =>
  [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, data = '']) => JSON.parse(data) as Record<string, unknown>);

describe('tools and parameters', () => {
  let traps: TrapRelay;
  let upstream: ScriptedUpstream;
  let asked = 0;

  beforeAll(async () => {
    traps = await TrapRelay.start({ config: { policy: POLICY } });
    upstream = traps.upstream;
  }, 90_000);
  afterAll(() => traps.close());

  const question = (more: object = {}): object =>
    routeOf('chat').body(`Question ${++asked}?`, { tools: TOOLS, ...more });
  /** What is stored of a stream, as the JSON that a later client gets. */
  async function keptOf(frames: readonly string[], more: object = {}): Promise<Chat> {
    const body = question(more);
    upstream.enqueue(sseReply(frames));
    const streamed = await traps.post('chat', { ...body, stream: true });
    await streamed.text();
    const kept = await traps.post('chat', body);
    expect(kept.headers.get('x-relay-cache')).toBe('exact-l1');
    return (await kept.json()) as Chat;
  }
  /** The stream of a request for another protocol, of an upstream that speaks only chat. */
  async function toldIn(
    operation: Operation,
    body: object,
    frames: readonly string[],
  ): Promise<Record<string, unknown>[]> {
    upstream.enqueue(sseReply(frames));
    const reply = await traps.post(operation, { ...body, model: 'talks', stream: true }, FRESH);
    return dataOf(await reply.text());
  }
  const lastBody = (): Record<string, unknown> => upstream.requests.at(-1)?.json() ?? {};

  it('trap 18: parallel calls have an index each: in a stream made of a whole answer, and as blocks and items of other protocols', async () => {
    const calls = PLACES.map(({ id, name, text }) => ({ id, type: 'function', function: { name, arguments: text } }));
    const whole = completionJson('');
    const [choice] = whole['choices'] as object[];
    const message = { role: 'assistant', content: null, tool_calls: calls };
    upstream.enqueue(jsonReply({ ...whole, choices: [{ ...choice, message, finish_reason: 'tool_calls' }] }));
    const body = question();
    await (await traps.post('chat', body)).text();
    const replayed = await (await traps.post('chat', { ...body, stream: true })).text();
    const told = dataOf(replayed).flatMap(
      (chunk) =>
        (chunk as { choices?: { delta?: { tool_calls?: ToolCall[] } }[] }).choices?.[0]?.delta?.tool_calls ?? [],
    );
    expect(new Set(told.map(({ index }) => index))).toEqual(new Set([0, 1]));

    const kept = await keptOf(interleavedCalls());
    expect(kept.choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual(PLACES.map(({ id }) => id));

    const tools = PLACES.map(({ name }) => ({ name, input_schema: { type: 'object' } }));
    const blocks = await toldIn('messages', routeOf('messages').body('Call', { tools }), interleavedCalls());
    const begun = blocks.filter(({ type }) => type === 'content_block_start');
    expect(begun.map(({ index }) => index)).toEqual([0, 1]);
    const functions = PLACES.map(({ name }) => ({ type: 'function', name, parameters: { type: 'object' } }));
    const events = await toldIn(
      'responses',
      routeOf('responses').body('Call', { tools: functions }),
      interleavedCalls(),
    );
    const added = events.filter(({ type }) => type === 'response.output_item.added');
    expect(added.map(({ output_index: index }) => index)).toEqual([0, 1]);
  });

  it('trap 19: arguments stay strings, both ways and over a translation', async () => {
    const kept = await keptOf(interleavedCalls());
    expect(kept.choices[0]?.message.tool_calls).toEqual(
      PLACES.map(
        ({ id, name, text }) =>
          expect.objectContaining({ id, type: 'function', function: { name, arguments: text } }) as ToolCall,
      ),
    );
    const input = { city: 'Köln', days: 0, exact: false };
    const history = [
      { role: 'user', content: 'Rain?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_rain', name: 'weather', input }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_rain', content: 'No' }] },
    ];
    await (await traps.post('messages', { model: 'talks', max_tokens: 9, messages: history }, FRESH)).text();
    const [, said] = lastBody()['messages'] as { tool_calls: ToolCall[] }[];
    expect(said?.tool_calls[0]?.function.arguments).toBe(JSON.stringify(input));
    const odd = '{"a": 1.0, "b" :"\\u00e4"}'; // another spelling of the same is another text
    const turns = [
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: odd },
      { type: 'function_call_output', call_id: 'call_1', output: 'No' },
    ];
    await (await traps.post('responses', { model: 'talks', store: false, input: turns }, FRESH)).text();
    expect(JSON.stringify(lastBody()['messages'])).toContain(JSON.stringify(odd));
  });

  it('trap 20: the last bytes of arguments are kept, which come with the end', async () => {
    const texts = PLACES.map(({ text }) => text);
    const kept = await keptOf(interleavedCalls());
    expect(kept.choices[0]?.message.tool_calls?.map((call) => call.function.arguments)).toEqual(texts);
    expect(kept.choices[0]?.finish_reason).toBe('tool_calls');

    const tools = PLACES.map(({ name }) => ({ name, input_schema: { type: 'object' } }));
    const blocks = await toldIn('messages', routeOf('messages').body('Last', { tools }), interleavedCalls());
    const inputs = ['', ''];
    for (const { type, index, delta } of blocks as { type: string; index: number; delta: { partial_json: string } }[])
      if (type === 'content_block_delta') inputs[index] += delta.partial_json;
    expect(inputs).toEqual(texts);

    const functions = PLACES.map(({ name }) => ({ type: 'function', name, parameters: { type: 'object' } }));
    const events = await toldIn(
      'responses',
      routeOf('responses').body('Last', { tools: functions }),
      interleavedCalls(),
    );
    const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
    expect(done.map((one) => one['arguments'])).toEqual(texts);
    const pieces = ['', ''];
    for (const { type, output_index: at, delta } of events as { type: string; output_index: number; delta: string }[])
      if (type === 'response.function_call_arguments.delta') pieces[at] += delta;
    expect(pieces).toEqual(texts);
  });

  it('trap 21: a finish reason counts beside log probabilities, and these beside it', async () => {
    const chunk = (token: string, reason: string | null): string =>
      frame({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'up',
        choices: [
          {
            index: 0,
            delta: { content: token },
            logprobs: { content: [{ token, logprob: -0.5, bytes: null, top_logprobs: [] }] },
            finish_reason: reason,
          },
        ],
      });
    const frames = [chunk('Hel', null), chunk('lo', 'length'), usageFrame(), doneFrame()];
    const kept = await keptOf(frames, { logprobs: true });
    expect(kept.choices[0]).toMatchObject({ message: { content: 'Hello' }, finish_reason: 'length' });
    expect(kept.choices[0]?.logprobs?.content.map(({ token }) => token)).toEqual(['Hel', 'lo']);
    const body = routeOf('messages').body('With log probabilities');
    const told = await toldIn('messages', body, frames);
    expect(told.find(({ type }) => type === 'message_delta')).toMatchObject({ delta: { stop_reason: 'max_tokens' } });
  });

  it('trap 22: several answers that come in alternation stay apart, and end each with its own reason', async () => {
    const piece = (index: number, content: string, reason: string | null = null): string =>
      frame({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'up',
        choices: [{ index, delta: content ? { content } : {}, logprobs: null, finish_reason: reason }],
      });
    const frames = [
      piece(1, 'Zwei'),
      piece(0, 'One'),
      piece(1, ' Fische', 'stop'),
      piece(0, ' fish'),
      piece(0, '', 'length'),
      usageFrame(),
      doneFrame(),
    ];
    const kept = await keptOf(frames, { n: 2 });
    expect(kept.choices.map(({ index, message, finish_reason: reason }) => [index, message.content, reason])).toEqual([
      [0, 'One fish', 'length'],
      [1, 'Zwei Fische', 'stop'],
    ]);
  });

  it('trap 23: an explicit 0 and false reach the upstream, in every protocol, as they are', async () => {
    const zeros = {
      temperature: 0,
      top_p: 0,
      seed: 0,
      presence_penalty: 0,
      logprobs: false,
      n: 1,
      parallel_tool_calls: false,
    };
    await (await traps.post('chat', question(zeros), FRESH)).text();
    expect(lastBody()).toMatchObject(zeros);
    for (const operation of ['completions', 'responses', 'messages', 'embeddings'] as const) {
      upstream.enqueue(routeOf(operation).answer);
      const own = { temperature: 0, x_zero: 0, x_false: false, x_empty: '', x_null: null };
      await (await traps.post(operation, routeOf(operation).body(`Zeros of ${operation}`, own), FRESH)).text();
      expect(lastBody()).toMatchObject(own);
    }
    const said = { temperature: 0, top_p: 0, parallel_tool_calls: false };
    const tools = [{ type: 'function', name: 'weather', parameters: { type: 'object' } }];
    const told = routeOf('responses').body('Zeros, translated', { ...said, tools, model: 'talks' });
    await (await traps.post('responses', told, FRESH)).text();
    expect(lastBody()).toMatchObject(said);
    const turn = routeOf('messages').body('Zeros, translated', { temperature: 0, top_p: 0, model: 'talks' });
    await (await traps.post('messages', turn, FRESH)).text();
    expect(lastBody()).toMatchObject({ temperature: 0, top_p: 0 });
  });

  const CACHED = OPERATIONS.filter((operation) => OPERATION_SHAPES[operation].cacheable);
  it.each(CACHED)('trap 24: unknown parameters of %s pass, and enter the cache key', async (operation) => {
    const { body, answer } = routeOf(operation);
    const post = async (value: unknown): Promise<string | null> => {
      const reply = await traps.post(operation, body('Unknown parameters', { x_unknown: value }));
      await reply.text();
      expect(reply.status).toBe(200);
      return reply.headers.get('x-relay-cache');
    };
    upstream.enqueue(answer, answer, answer);
    expect(await post({ deep: [1, { a: 'b' }] })).toBe('miss');
    expect(lastBody()).toMatchObject({ x_unknown: { deep: [1, { a: 'b' }] } });
    expect(await post({ deep: [1, { a: 'b' }] })).toBe('exact-l1');
    expect(await post({ deep: [1, { a: 'c' }] })).toBe('miss');
    expect(await post(undefined)).toBe('miss');
  });

  it('trap 25: a list of parts is compared by its text, and by nothing that stands round it', async () => {
    const say = async (content: unknown, answer: string): Promise<[string | null, string]> => {
      upstream.respondWith(() => jsonReply(completionJson(answer)));
      const body = { model: 'any', messages: [{ role: 'user', content }] };
      const reply = await traps.post('chat', body, { 'x-relay-tags': 'by-meaning' });
      const { choices } = (await reply.json()) as Chat;
      return [reply.headers.get('x-relay-cache'), choices[0]?.message.content ?? ''];
    };
    const parts = (...texts: string[]): object[] => texts.map((text) => ({ type: 'text', text }));
    expect(await say(parts('What is the capital', ' of France?'), 'Paris')).toEqual(['miss', 'Paris']);
    let hit = await say('What is the capital of France, please?', 'again');
    for (let tries = 0; hit[0] === 'miss' && tries < 100; tries++)
      hit = await say(`What is the capital of France${'?'.repeat(tries + 2)}`, 'Paris');
    expect(hit).toEqual(['semantic', 'Paris']); // stored in the background
    expect(await say(parts('How do I boil an egg so that it stays soft?'), 'Six minutes')).toEqual([
      'miss',
      'Six minutes',
    ]);
    const url = 'data:image/png;base64,iVBORw0KGgo=';
    const shown = [...parts('What is the capital of France?'), { type: 'image_url', image_url: { url } }];
    expect((await say(shown, 'A picture'))[1]).toBe('A picture');
  });

  it('trap 25: nor is a stream of parts without any text taken for another', async () => {
    upstream.respondWith(() => sseReply(streamFrames(['A cat'])));
    const picture = (data: string): object => ({
      model: 'any',
      stream: true,
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] },
      ],
    });
    const tagged = { 'x-relay-tags': 'by-meaning' };
    await (await traps.post('chat', picture('AAAA'), tagged)).text();
    expect((await traps.post('chat', picture('BBBB'), tagged)).headers.get('x-relay-cache')).not.toBe('semantic');
  });
});
