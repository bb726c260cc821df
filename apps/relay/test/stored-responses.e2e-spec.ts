import {
  completionJson,
  Gate,
  gatedReply,
  jsonReply,
  ScriptedUpstream,
  saySkipped,
  sseReply,
  streamFrames,
  type RecordedRequest,
} from '@relay/testing';
import { Redis } from 'ioredis';
import OpenAI, { APIError } from 'openai';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, GLOBEX_KEY, testConfig } from './test-config';

/** Each form takes half a minute: the one that is there to be tested. */
const stores = process.env.TEST_DATABASE_URL && process.env.TEST_REDIS_URL ? ['distributed'] : ['embedded'];
if (stores[0] === 'embedded')
  saySkipped('kept responses on PostgreSQL and Redis, because TEST_DATABASE_URL or TEST_REDIS_URL is not set');

const POLL_MS = 50;
const WEATHER = {
  ...{ type: 'function' as const, name: 'weather', strict: false, description: 'The weather of a place' },
  parameters: { type: 'object', properties: { place: { type: 'string' } } },
};

/** Relays that share a Redis do each other's jobs: those of other test files know nothing of this database. */
const ownRedis = (url: string): string => new URL('/12', url).href;

/** Jobs of runs before are of databases that are gone. */
async function emptyRedis(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushdb();
  await redis.quit();
}

/** A chat completion that calls a tool. */
function toolCallJson(): Record<string, unknown> {
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"place":"Oslo"}' } };
  const message = { role: 'assistant', content: null, tool_calls: [call] };
  return {
    ...completionJson(''),
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }],
  };
}

/** What an upstream that speaks chat was told. */
const messagesOf = (request: RecordedRequest): Record<string, unknown>[] =>
  request.json()['messages'] as Record<string, unknown>[];

async function refusal(asking: PromiseLike<unknown>): Promise<APIError> {
  try {
    await asking;
  } catch (error) {
    if (error instanceof APIError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe.each(stores)('responses that are kept (%s)', (kind) => {
  let database: ScratchDatabase | null = null;
  let upstream: ScriptedUpstream;
  let config: object;
  let env: Record<string, string>;
  let relay: RelayProcess;
  let acme: OpenAI;
  let globex: OpenAI;

  const connect = (): void => {
    acme = relay.openai(ACME_KEY);
    globex = relay.openai(GLOBEX_KEY);
  };
  const restart = async (signal: NodeJS.Signals): Promise<void> => {
    await relay.kill(signal);
    relay = await RelayProcess.start({ config, env, folder: relay.folder });
    connect();
  };
  /** As it is when it has ended. */
  const ended = async (id: string): Promise<Response> => {
    for (;;) {
      const response = await acme.responses.retrieve(id);
      if (response.status !== 'queued' && response.status !== 'in_progress') return response;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };

  beforeAll(async () => {
    env = { RELAY_ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef' };
    if (kind === 'distributed') {
      database = await ScratchDatabase.create(process.env.TEST_DATABASE_URL ?? '', 'responses');
      const redisUrl = ownRedis(process.env.TEST_REDIS_URL ?? '');
      await emptyRedis(redisUrl);
      env = { ...env, DATABASE_URL: database.url, REDIS_URL: redisUrl };
    }
    upstream = await ScriptedUpstream.start(() => jsonReply(completionJson('Hello from upstream')));
    const base = testConfig(upstream) as { providers: object[] };
    config = { ...base, providers: base.providers.map((provider) => ({ ...provider, operations: ['chat'] })) };
    relay = await RelayProcess.start({ config, env });
    connect();
  }, 90_000);
  afterAll(async () => {
    await relay.close();
    await upstream.close();
    await database?.drop();
  });
  beforeEach(() => {
    upstream.requests.length = 0;
  });

  it('carry a conversation with tools over turns, whole and streamed, and over a restart', async () => {
    upstream.enqueue(
      jsonReply(toolCallJson()),
      sseReply(streamFrames(['It', ' rains'])),
      jsonReply(completionJson('In Oslo.')),
    );
    const first = await acme.responses.create({ model: 'small', input: 'Weather in Oslo?', tools: [WEATHER] });
    const [call] = first.output;
    expect(call).toMatchObject({ type: 'function_call', name: 'weather', call_id: 'call_1' });
    expect(first).toMatchObject({ store: true, previous_response_id: null, background: false });

    const output = { type: 'function_call_output' as const, call_id: 'call_1', output: 'rain' };
    const stream = await acme.responses.create({
      ...{ model: 'small', input: [output], previous_response_id: first.id, tools: [WEATHER], stream: true },
    });
    const told: Response[] = [];
    for await (const event of stream) if ('response' in event) told.push(event.response);
    expect(told.length).toBeGreaterThanOrEqual(2);
    const second = told.at(-1);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    for (const one of told) expect(one).toMatchObject({ store: true, previous_response_id: first.id });
    expect(messagesOf(await upstream.request(2))).toMatchObject([
      { role: 'user', content: 'Weather in Oslo?' },
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { arguments: '{"place":"Oslo"}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    ]);

    await restart('SIGTERM');
    const third = await acme.responses.create({
      ...{ model: 'small', input: 'Where was that?', previous_response_id: second?.id ?? '' },
    });
    expect(third.output_text).toBe('In Oslo.');
    const roles = messagesOf(await upstream.request(3)).map(({ role, content }) => [role, content ?? null]);
    expect(roles).toEqual([
      ['user', 'Weather in Oslo?'],
      ['assistant', null],
      ['tool', 'rain'],
      ['assistant', 'It rains'],
      ['user', 'Where was that?'],
    ]);
    expect(JSON.stringify((await upstream.request(3)).json())).not.toContain('resp_');

    const { id: _same, ...kept } = await acme.responses.retrieve(third.id);
    expect(kept).toMatchObject({ status: 'completed', previous_response_id: second?.id, output: third.output });
    const items = [];
    for await (const item of acme.responses.inputItems.list(third.id, { order: 'asc', limit: 2 })) items.push(item);
    expect(items.map(({ type }) => type)).toEqual([
      ...['message', 'function_call', 'function_call_output', 'message', 'message'],
    ]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(5);
  }, 90_000);

  it('are another one each time, also where the answer comes from the cache', async () => {
    const ask = { model: 'small', input: 'the same again' };
    const [first, second] = [await acme.responses.create(ask), await acme.responses.create(ask)];
    expect(upstream.requests).toHaveLength(1);
    expect(second.id).not.toBe(first.id);
    await acme.responses.delete(first.id);
    expect((await acme.responses.retrieve(second.id)).output_text).toBe('Hello from upstream');
  });

  it('may be referred to item by item', async () => {
    const first = await acme.responses.create({ model: 'small', input: 'to be referred to' });
    const id = first.output[0]?.id ?? '';
    await acme.responses.create({
      model: 'small',
      input: [
        { role: 'user', content: 'to be referred to' },
        { type: 'item_reference', id },
        { role: 'user', content: 'and?' },
      ],
    });
    expect(messagesOf(await upstream.request(2)).map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const error = await refusal(
      globex.responses.create({ model: 'small', input: [{ type: 'item_reference', id: `${id}x` }] }),
    );
    expect([error.status, error.param]).toEqual([400, 'input']);
  });

  it('are not looked for by ids that no database keeps', async () => {
    const reference = { type: 'item_reference' as const, id: 'msg_\u0000' };
    const item = await refusal(acme.responses.create({ model: 'small', input: [reference] }));
    expect(item).toMatchObject({ status: 400, param: 'input' });
    const previous = { model: 'small', input: 'x', previous_response_id: 'resp_\u0000' };
    expect((await refusal(acme.responses.create(previous))).status).toBe(400);
    const metadata = { of: 'a\u0000b' };
    const { id } = await acme.responses.create({ model: 'small', input: 'x', metadata });
    expect((await acme.responses.retrieve(id)).metadata).toEqual(metadata);
    const list = acme.responses.inputItems.list(id, { after: 'msg_\u0000' });
    expect((await refusal(list)).status).toBe(400);
  });

  it('are there for their tenant only, and gone when they are deleted', async () => {
    const { id } = await acme.responses.create({ model: 'small', input: 'ours' });
    const unknown = id.replace(/.{6}$/, 'ffffff');
    const acts: ((client: OpenAI, which: string) => PromiseLike<unknown>)[] = [
      (client, which) => client.responses.retrieve(which),
      (client, which) => client.responses.delete(which),
      (client, which) => client.responses.cancel(which),
      (client, which) => client.responses.inputItems.list(which),
      (client, which) => client.responses.create({ model: 'small', input: 'and?', previous_response_id: which }),
    ];
    for (const act of acts) {
      const foreign = await refusal(act(globex, id));
      const none = await refusal(act(globex, unknown));
      expect(foreign.message).toBe(none.message.replace(unknown, id));
      expect([foreign.status, foreign.code, foreign.param]).toEqual([none.status, none.code, none.param]);
    }
    expect((await acme.responses.retrieve(id)).id).toBe(id);
    expect(await acme.responses.delete(id)).toEqual({ id, object: 'response', deleted: true });
    expect((await refusal(acme.responses.retrieve(id))).status).toBe(404);
    const error = await refusal(acme.responses.create({ model: 'small', input: 'and?', previous_response_id: id }));
    expect([error.status, error.code, error.param]).toEqual([
      ...[400, 'previous_response_not_found', 'previous_response_id'],
    ]);
  });

  it('are none where the request asks for that', async () => {
    const response = await acme.responses.create({ model: 'small', input: 'not to be kept', store: false });
    expect(response).toMatchObject({ store: false });
    expect((await refusal(acme.responses.retrieve(response.id))).status).toBe(404);
    const error = await refusal(acme.responses.create({ model: 'small', input: 'x', store: false, background: true }));
    expect([error.status, error.param]).toEqual([400, 'background']);
  });

  it('come about in the background, as the request asked', async () => {
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('at last'))));
    const queued = await acme.responses.create(
      { model: 'small', input: 'in the background', background: true },
      { headers: { 'x-relay-priority': 'batch' } },
    );
    expect(queued).toMatchObject({ object: 'response', status: 'queued', background: true, output: [] });
    await gate.reached;
    expect((await acme.responses.retrieve(queued.id)).status).toBe('in_progress');
    const early = await refusal(
      acme.responses.create({ model: 'small', input: 'and?', previous_response_id: queued.id }),
    );
    expect([early.status, early.param]).toEqual([400, 'previous_response_id']);
    gate.open();
    const done = await ended(queued.id);
    expect(done).toMatchObject({ id: queued.id, status: 'completed', background: true, created_at: queued.created_at });
    expect(done.output_text).toBe('at last');
    expect(done.usage?.total_tokens).toBe(14);
    const admin = await relay.admin();
    const [made] = (await admin.traces('tenant=acme&model=small')).sort((a, b) => b.at.localeCompare(a.at));
    const trace = await admin.trace(made?.id ?? null);
    expect(trace).toMatchObject({ status: 'ok', endpoint: '/v1/responses', plan: { serviceLevel: 'batch' } });
    expect(trace.costUsd).not.toBeNull();

    const next = await acme.responses.create({ model: 'small', input: 'and?', previous_response_id: queued.id });
    expect(next.status).toBe('completed');
  });

  it('can be cancelled while somebody makes them, which the upstream notices', async () => {
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('too late'))));
    const queued = await acme.responses.create({ model: 'small', input: 'to be cancelled', background: true });
    await gate.reached;
    expect((await acme.responses.cancel(queued.id)).status).toBe('cancelled');
    await (
      await upstream.request(1)
    ).aborted;
    gate.open();
    expect((await acme.responses.cancel(queued.id)).status).toBe('cancelled');
    const { id } = await acme.responses.create({ model: 'small', input: 'in the foreground' });
    expect((await refusal(acme.responses.cancel(id))).status).toBe(400);
  });

  it('come as a stream when they have come about, and again from where a client was cut off', async () => {
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('told in pieces'))));
    const stream = await acme.responses.create({
      ...{ model: 'small', input: 'in the background, streamed', background: true, stream: true },
    });
    const events: ResponseStreamEvent[] = [];
    for await (const event of stream) {
      events.push(event);
      if (event.type === 'response.created') gate.open();
    }
    const [created] = events;
    const last = events.at(-1);
    if (created?.type !== 'response.created' || last?.type !== 'response.completed') throw new Error('it is torn');
    expect(created.response.status).toBe('in_progress');
    expect(last.response).toMatchObject({ id: created.response.id, status: 'completed', background: true });
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, i) => i));

    const rest: ResponseStreamEvent[] = [];
    const again = await acme.responses.retrieve(created.response.id, { stream: true, starting_after: 2 });
    for await (const event of again) rest.push(event);
    expect(rest).toEqual(events.slice(3));
    const error = await refusal(globex.responses.retrieve(created.response.id, { stream: true }));
    expect(error.status).toBe(404);
  });

  it('are ordered once, however often they are sent with one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'report-7' };
    const ordering = { model: 'small', input: 'once only', background: true } as const;
    const orders = [1, 2, 3].map(() => acme.responses.create(ordering, { headers }));
    const [first, ...others] = (await Promise.all(orders)).map(({ id }) => id);
    expect(others).toEqual([first, first]);
    await ended(first ?? '');
    expect(await acme.responses.create(ordering, { headers })).toMatchObject({ id: first, status: 'completed' });
    expect(upstream.requests).toHaveLength(1);
    const another = await refusal(acme.responses.create({ ...ordering, input: 'another' }, { headers }));
    expect([another.status, another.param]).toEqual([400, 'idempotency-key']);
    const wrong = await refusal(acme.responses.create(ordering, { headers: { 'idempotency-key': 'x'.repeat(256) } }));
    expect(wrong.status).toBe(400);

    const streamed = { ...ordering, stream: true } as const;
    const ids: (string | undefined)[] = [];
    for (const _time of [1, 2]) {
      const stream = await acme.responses.create(streamed, { headers: { 'idempotency-key': 'report-8' } });
      for await (const event of stream) if (event.type === 'response.completed') ids.push(event.response.id);
    }
    expect(ids).toEqual([ids[0], ids[0]]);
  });

  it('fail with what the provider said', async () => {
    upstream.enqueue(jsonReply({ error: { message: 'no such tool', type: 'x' } }, { status: 400 }));
    const { id } = await acme.responses.create({ model: 'small', input: 'to fail', background: true });
    const failed = await ended(id);
    expect(failed).toMatchObject({ id, status: 'failed', error: { code: 'invalid_prompt', message: 'no such tool' } });
    const next = await refusal(acme.responses.create({ model: 'small', input: 'and?', previous_response_id: id }));
    expect([next.status, next.param]).toEqual([400, 'previous_response_id']);
  });

  it('are refused at once where the body is wrong', async () => {
    const error = await refusal(acme.responses.create({ model: '', input: 'x', background: true }));
    expect([error.status, error.param]).toEqual([400, 'model']);
  });

  it('come about once, also when their maker is killed in the middle', async () => {
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('never read'))), jsonReply(completionJson('after all')));
    const { id } = await acme.responses.create({ model: 'small', input: 'through a crash', background: true });
    await gate.reached;
    await restart('SIGKILL');
    expect((await acme.responses.retrieve(id)).status).toBe('in_progress');
    expect((await ended(id)).output_text).toBe('after all');
    gate.open();
    expect(upstream.requests).toHaveLength(2);
  }, 120_000);
});
