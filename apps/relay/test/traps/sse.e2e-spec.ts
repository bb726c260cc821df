import { GENERATIVE_OPERATIONS, type Operation } from '@relay/contracts';
import {
  deltaFrame,
  doneFrame,
  frame,
  Gate,
  ScriptedUpstream,
  sseReply,
  streamFrames,
  usageFrame,
  type BodyStep,
} from '@relay/testing';
import { event, routeOf, STREAMED, STREAMED_AS_EVENTS, streamBody, streamReply } from './route-examples';
import { count, drain, FRESH, TrapRelay } from './trap-relay';

const WORDS = 'Grüße aus Köln 🌧 — 東京';
const IDLE_MS = 300;
/** However many tests fail on purpose, there is a second try. */
const EVERY_RETRY = { name: 'traps', version: 1, defaults: { retries: { budget: 1 } } };

/** Each byte in a write of its own. */
const byteByByte = (text: string): Buffer[] => Array.from(Buffer.from(text), (byte) => Buffer.from([byte]));

describe('streams', () => {
  let traps: TrapRelay;
  let upstream: ScriptedUpstream;
  let asked = 0;

  beforeAll(async () => {
    const timeouts = { connectMs: 1_000, headersMs: 2_000, idleMs: IDLE_MS };
    traps = await TrapRelay.start({ provider: { timeouts }, config: { policy: EVERY_RETRY } });
    upstream = traps.upstream;
  }, 90_000);
  afterAll(() => traps.close());
  afterEach(() => traps.heal());

  /** Asks for a stream that nobody asked for before. */
  const ask = (operation: Operation, model = 'any'): Promise<Response> =>
    traps.post(operation, streamBody(operation, `Question ${++asked}?`, model), FRESH);
  const answers = (operation: Operation, body: readonly BodyStep[]): void =>
    upstream.enqueue(streamReply(operation, body));
  const partsOf = (operation: Operation) => {
    const { stream } = routeOf(operation);
    if (!stream) throw new Error(`${operation} has no stream`);
    return { ...stream, whole: [...stream.opening, stream.content, ...stream.ending].join('') };
  };

  /** What the stream of a protocol says, put together by its clients. */
  function said(text: string): string {
    const words: string[] = [];
    for (const [, data = ''] of text.matchAll(/^data: ?(\{.*\})\r?$/gm)) {
      const told = JSON.parse(data) as Told;
      words.push(told.choices?.[0]?.delta?.content ?? told.choices?.[0]?.text ?? '');
      if (told.type === 'content_block_delta') words.push((told.delta as { text?: string }).text ?? '');
      if (told.type === 'response.output_text.delta') words.push(told.delta as string);
    }
    return words.join('');
  }
  interface Told {
    readonly type?: string;
    readonly delta?: unknown;
    readonly choices?: readonly { readonly delta?: { readonly content?: string }; readonly text?: string }[];
  }
  /** Streams the bytes of a chat answer to every protocol, and gives what each client heard. */
  async function heardOf(body: readonly BodyStep[]): Promise<Record<string, string>> {
    const heard: Record<string, string> = {};
    for (const operation of GENERATIVE_OPERATIONS) {
      upstream.enqueue(sseReply(body));
      const reply = await ask(operation, 'talks');
      heard[operation] = said(await reply.text());
      expect(await traps.traceOf(reply)).toMatchObject({ status: 'ok', outputTokens: 3, usageEstimated: false });
    }
    return heard;
  }
  const inEveryProtocol = (words: string): Record<string, string> =>
    Object.fromEntries(GENERATIVE_OPERATIONS.map((operation) => [operation, words]));

  it('trap 1: frames split at any byte, also inside a character, are the same bytes, or the same words in another protocol', async () => {
    const whole = streamFrames([WORDS]).join('');
    expect(await heardOf(byteByByte(whole))).toEqual(inEveryProtocol(WORDS));
    for (const operation of STREAMED) {
      const { whole: text } = partsOf(operation);
      answers(operation, byteByByte(text));
      const heard = await (await ask(operation)).text();
      // Usage that the client did not ask for is taken out of chats and completions.
      if (operation === 'chat') expect(said(heard)).toBe('Hello');
      else expect(heard).toBe(text);
    }
  });

  it('trap 1: a character whose halves come apart by the time of a round trip is whole', async () => {
    const bytes = Buffer.from(deltaFrame({ content: '🌧' }));
    const middle = bytes.indexOf(Buffer.from('🌧')) + 2;
    const [between, after] = [new Gate(), new Gate()];
    upstream.enqueue(
      sseReply([
        deltaFrame({ content: 'Rain ' }),
        bytes.subarray(0, middle),
        between,
        bytes.subarray(middle),
        after,
        ...streamFrames([]).slice(1),
      ]),
    );
    const reply = ask('messages', 'talks');
    await between.reached;
    await reply;
    between.open();
    await after.reached;
    after.open();
    expect(said(await (await reply).text())).toBe('Rain 🌧');
  });

  it('trap 2: LF, CRLF and CR end lines alike, also mixed in one stream', async () => {
    const [head = '', ...rest] = streamFrames([WORDS, '!'], { newline: '\r\n' });
    const mixed = [
      head,
      ...rest.slice(0, 1),
      deltaFrame({ content: ' LF' }),
      deltaFrame({ content: ' CR' }, null, '\r'),
      ...rest.slice(1),
    ];
    const expected = inEveryProtocol(`${WORDS} LF CR!`);
    // Chat is passed on as it came, lines ended by CR included, which `said` does not split at.
    expect({ ...(await heardOf(mixed)), chat: expected['chat'] }).toEqual(expected);
    for (const newline of ['\n', '\r\n', '\r']) {
      upstream.enqueue(sseReply(streamFrames(['Hello'], { newline })));
      const reply = await ask('chat', 'talks');
      expect(count(await reply.text(), '[DONE]')).toBe(1);
      expect(await traps.traceOf(reply)).toMatchObject({ status: 'ok', outputTokens: 3 });
    }
  });

  it('trap 3: `data:` needs no space', async () => {
    const tight = streamFrames([WORDS]).map((one) => one.replace('data: ', 'data:'));
    expect(await heardOf(tight)).toEqual(inEveryProtocol(WORDS));
  });

  it.each([70_000, 1_200_000])('trap 4: an event of %i bytes arrives whole', async (size) => {
    const long = 'ä'.repeat(size / 2);
    expect(await heardOf(streamFrames([long]))).toEqual(inEveryProtocol(long));
  });

  it('trap 5: comments, pings, other fields and data of several lines are no content, and do no harm', async () => {
    const [head = '', words = '', ...rest] = streamFrames([WORDS]);
    const severalLines = words.replace('"choices"', '\ndata: "choices"');
    const around = [
      ': OPENROUTER PROCESSING\n\n',
      'event: ping\ndata: {"type":"ping"}\n\n',
      'retry: 3000\nid: 7\n\n',
      ':\n',
    ];
    const body = [...around, head, ...around, severalLines, ...around, ...rest];
    const heard = await heardOf(body);
    expect({ ...heard, chat: WORDS }).toEqual(inEveryProtocol(WORDS)); // chat keeps its data of several lines
    answers('messages', [
      ...around,
      ...partsOf('messages')
        .whole.split(/(?<=\n\n)/)
        .flatMap((one) => [one, ': still here\n\n']),
    ]);
    const reply = await ask('messages');
    expect(said(await reply.text())).toBe('Hello');
    expect(await traps.traceOf(reply)).toMatchObject({ status: 'ok', outputTokens: 4 });
  });

  it.each(STREAMED_AS_EVENTS)('trap 6: %s says once that it is over, and never after a cut', async (operation) => {
    const { whole, opening, content, end } = partsOf(operation);
    const models = GENERATIVE_OPERATIONS.some((known) => known === operation) ? ['any', 'talks'] : ['any'];
    for (const model of models) {
      upstream.enqueue(sseReply(model === 'any' ? [whole] : streamFrames(['Hello'])));
      expect(count(await (await ask(operation, model)).text(), end ?? '')).toBe(1);
      upstream.enqueue(
        sseReply([...(model === 'any' ? [...opening, content] : [deltaFrame({ content: 'Hel' })]), 'CUT']),
      );
      expect(count((await drain(await ask(operation, model))).text, end ?? '')).toBe(0);
    }
  });

  it('trap 6: [DONE] is not said twice where the upstream does, nor made up where it does not', async () => {
    const [role = '', words = '', stop = '', usage = ''] = streamFrames(['Hello']);
    upstream.enqueue(sseReply([role, words, stop, usage, doneFrame(), doneFrame()]));
    expect(count(await (await ask('chat')).text(), '[DONE]')).toBe(1);
    upstream.enqueue(sseReply([role, words, 'CUT']));
    expect(count((await drain(await ask('chat'))).text, '[DONE]')).toBe(0);
  });

  it.each(STREAMED_AS_EVENTS)(
    'trap 7: a cut in mid-answer of %s is an error event and a failed trace',
    async (operation) => {
      const { opening, content } = partsOf(operation);
      answers(operation, [...opening, content, 'CUT']);
      const reply = await ask(operation);
      const { text } = await drain(reply);
      expect(text).toContain(content);
      expect(text.slice(text.indexOf(content) + content.length)).toMatch(
        /^\n*event: (error|response\.failed)\ndata: \{.*upstream_error.*\}\n\n$/,
      );
      expect(await traps.traceOf(reply)).toMatchObject({ status: 'error', errorCode: 'upstream_error', stream: true });
    },
  );

  it('trap 7: a cut in mid-answer of speech is a broken connection and a failed trace', async () => {
    answers('audio.speech', ['sound', 'CUT']);
    const reply = await ask('audio.speech');
    expect(await drain(reply)).toEqual({ text: 'sound', isBroken: true });
    expect(await traps.traceOf(reply)).toMatchObject({ status: 'error', errorCode: 'upstream_error' });
  });

  it.each(GENERATIVE_OPERATIONS)(
    'trap 7: a cut is told in the words of %s where the upstream speaks only chat',
    async (operation) => {
      upstream.enqueue(sseReply([deltaFrame({ content: 'Hel' }), 'CUT']));
      const reply = await ask(operation, 'talks');
      const { text } = await drain(reply);
      expect(said(text)).toBe('Hel');
      expect(text).toMatch(/event: (error|response\.failed)\ndata: \{.*upstream_error.*\}\n\n$/);
      expect(await traps.traceOf(reply)).toMatchObject({ status: 'error', errorCode: 'upstream_error' });
    },
  );

  it('trap 8: a stall of any stream ends by the idle timeout', async () => {
    const before = upstream.requests.length;
    upstream.respondWith(({ path }) => {
      const operation = STREAMED.find((one) => routeOf(one).path === path) ?? 'chat';
      const { opening, content } = partsOf(operation);
      return streamReply(operation, [...opening, content, 'STALL']);
    });
    const stalled = STREAMED.map(async (operation) => {
      const reply = await ask(operation);
      const { text, isBroken } = await drain(reply);
      expect([operation, isBroken || text.includes('upstream_timeout')]).toEqual([operation, true]);
      expect(await traps.traceOf(reply)).toMatchObject({ status: 'error', errorCode: 'upstream_timeout' });
    });
    await Promise.all(stalled);
    await Promise.all(upstream.requests.slice(before).map(({ aborted }) => aborted)); // nothing is left of the calls
  });

  const ERRORS: Readonly<Record<(typeof GENERATIVE_OPERATIONS)[number], string>> = {
    chat: frame({ error: { message: 'The server had an error', type: 'server_error', code: null, param: null } }),
    completions: frame({
      error: { message: 'The server had an error', type: 'server_error', code: null, param: null },
    }),
    messages: event('error', { error: { type: 'overloaded_error', message: 'The server had an error' } }),
    responses: event('response.failed', {
      response: { id: 'resp_1', status: 'failed', error: { code: 'server_error', message: 'The server had an error' } },
    }),
  };

  it.each(GENERATIVE_OPERATIONS)(
    'trap 9: an error inside a 200 stream of %s is an error, told once, and asks nobody else',
    async (operation) => {
      const { opening, content, end } = partsOf(operation);
      answers(operation, [...opening, content, ERRORS[operation], doneFrame()]);
      const before = traps.spare.requests.length;
      const reply = await ask(operation, 'backed');
      const { text } = await drain(reply);
      expect(text).toContain(content);
      expect(text.match(/^event: (error|response\.failed)$/gm)).toHaveLength(1);
      expect(text).toContain('The server had an error');
      expect(text).not.toContain(end ?? '');
      expect(await traps.traceOf(reply)).toMatchObject({ status: 'error', attempts: 1 });
      expect(traps.spare.requests).toHaveLength(before);
    },
  );

  it.each(GENERATIVE_OPERATIONS)(
    'trap 9: before any content it is no answer at all: another target gives that of %s',
    async (operation) => {
      const { opening, whole } = partsOf(operation);
      answers(operation, [...opening, ERRORS[operation]]);
      traps.spare.enqueue(sseReply([whole]));
      const reply = await ask(operation, 'backed');
      const text = await reply.text();
      expect([reply.status, reply.headers.get('x-relay-provider'), said(text)]).toEqual([200, 'spare', 'Hello']);
      expect(text).not.toContain('The server had an error');
    },
  );

  it.each(GENERATIVE_OPERATIONS)(
    'trap 10: %s falls back before the first content, and nothing of the first try is seen',
    async (operation) => {
      const { opening, whole, end } = partsOf(operation);
      for (const fault of operation === 'chat' ? ['CUT', 'STALL'] : ['CUT']) {
        answers(operation, [
          ...opening.map((one) => one.replaceAll('_1', '_lost').replaceAll('fixture', 'lost')),
          ': hold on\n\n',
          fault,
        ]);
        traps.spare.enqueue(sseReply([whole]));
        const reply = await ask(operation, 'backed');
        const text = await reply.text();
        expect([reply.status, reply.headers.get('x-relay-provider'), said(text)]).toEqual([200, 'spare', 'Hello']);
        expect(text).not.toContain('lost');
        expect(count(text, end ?? '')).toBe(1);
        expect(await traps.traceOf(reply)).toMatchObject({ status: 'ok', attempts: 2 });
        await traps.heal();
      }
    },
  );

  it.each(STREAMED)('trap 11: after content of %s nobody else is asked, and nothing comes twice', async (operation) => {
    const { opening, content } = partsOf(operation);
    answers(operation, [...opening, content, 'CUT']);
    const before = traps.spare.requests.length;
    const reply = await ask(operation, 'backed');
    const { text } = await drain(reply);
    expect(count(text, content)).toBe(1);
    expect(await traps.traceOf(reply)).toMatchObject({ status: 'error', attempts: 1 });
    expect(traps.spare.requests).toHaveLength(before);
  });

  it('trap 12: one malformed chunk does not void the rest', async () => {
    const [role = '', ...rest] = streamFrames([', still here']);
    const broken = ['data: {"id":"x","choices":[{"index":0,"delta":{"content":\n\n', 'data: not JSON\n\n', 'data:\n\n'];
    const body = [role, deltaFrame({ content: 'Hello' }), ...broken, ...rest];
    for (const operation of GENERATIVE_OPERATIONS) {
      upstream.enqueue(sseReply(body));
      const reply = await ask(operation, 'talks');
      expect(said(await reply.text())).toBe('Hello, still here');
      expect(await traps.traceOf(reply)).toMatchObject({ status: 'ok', outputTokens: 3 });
    }
    const { opening, content, ending } = partsOf('messages');
    answers('messages', [...opening, content, 'event: content_block_delta\ndata: {"type":\n\n', ...ending]);
    const reply = await ask('messages');
    expect(said((await reply.text()).replace('data: {"type":\n', ''))).toBe('Hello');
    expect(await traps.traceOf(reply)).toMatchObject({ status: 'ok', outputTokens: 4 });
  });

  it.each([
    ...STREAMED.map((operation) => [operation, 'any'] as const),
    ...GENERATIVE_OPERATIONS.map((operation) => [operation, 'talks'] as const),
  ])('trap 12b: a chunk of %s (%s) is at the client before the upstream sends the next', async (operation, model) => {
    const { opening, content, ending } = partsOf(model === 'any' ? operation : 'chat');
    const gates = Array.from({ length: 5 }, () => new Gate());
    const body = [...opening, ...gates.flatMap((gate) => [content, gate]), ...ending];
    upstream.enqueue(model === 'any' ? streamReply(operation, body) : sseReply(body));
    const reply = await ask(operation, model);
    const chunk = model === 'talks' || operation !== 'audio.speech' ? /Hello|AAAA/g : /sound/g;
    const reader = reply.body?.getReader();
    let text = '';
    for (const [i, gate] of gates.entries()) {
      while ((text.match(chunk)?.length ?? 0) < i + 1) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
        if (done) throw new Error(`the stream ended before chunk ${i}: ${text}`);
        text += Buffer.from(value ?? []).toString();
      }
      gate.open();
    }
    for (let isOver = false; !isOver;) isOver = (await reader?.read())?.done ?? true;
    expect(await traps.traceOf(reply)).toMatchObject({ status: 'ok' });
  });

  it('trap 12b: no chunk waits for a timer or for company', async () => {
    const gates = Array.from({ length: 40 }, () => new Gate());
    upstream.enqueue(
      sseReply([...gates.flatMap((gate) => [deltaFrame({ content: 'Hello' }), gate]), usageFrame(), doneFrame()]),
    );
    const reader = (await ask('chat')).body?.getReader();
    const took: number[] = [];
    await reader?.read();
    for (const gate of gates.slice(0, -1)) {
      const from = performance.now();
      gate.open();
      await reader?.read();
      took.push(performance.now() - from);
    }
    gates.at(-1)?.open();
    await reader?.cancel();
    const median = took.sort((a, b) => a - b)[took.length >> 1] ?? Infinity;
    expect(median).toBeLessThan(8); // a delayed acknowledgement takes 40 ms, the shortest useful timer 10
  });
});
