import type { TraceDetail, TraceRow } from '@relay/contracts';
import {
  completionJson,
  jsonReply,
  neverAnswer,
  type RecordedRequest,
  saySkipped,
  type ScriptedBatch,
  ScriptedBatches,
  type ScriptedLine,
  type ScriptedResult,
  ScriptedUpstream,
  steps,
} from '@relay/testing';
import { Redis } from 'ioredis';
import OpenAI, { toFile } from 'openai';
import { RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, ask, GLOBEX_KEY, testConfig } from './test-config';

const POLL_MS = 100;
const REDIS_DB = 13; // of its own, emptied before
const URL = '/v1/chat/completions';
/** 11 tokens at 0.075 and 3 at 0.30 USD for a million: half of the ordinary price. */
const BATCH_COST_USD = '0.000001725';
const ORDINARY_COST_USD = '0.00000345';
const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('offloaded batches on PostgreSQL, because TEST_DATABASE_URL is not set');

const POLICY = {
  name: 'offloads',
  version: 1,
  defaults: { batch: { offload: true } },
  rules: [
    { id: 'redacts', when: '"redacted" in request.tags', then: { guards: { pii: { action: 'redact' } } } },
    { id: 'stays', when: '"stays" in request.tags', then: { batch: { offload: false } } },
  ],
};

interface OutputLine {
  readonly custom_id: string;
  readonly response: { status_code: number; body: { choices: { message: { content: string } }[] } } | null;
  readonly error: { code: string } | null;
}

const good = ({ body }: ScriptedLine): ScriptedResult => ({
  status: 200,
  body: completionJson(`answer to ${JSON.stringify(body['messages'])}`),
});

describe('batches at a provider', () => {
  let database: ScratchDatabase | null = null;
  let upstream: ScriptedUpstream;
  let anthropic: ScriptedUpstream;
  let provider: ScriptedBatches;
  let relay: RelayProcess;
  let acme: OpenAI;
  let calls: number; // one by one

  const env = (): NodeJS.ProcessEnv => ({
    ...(database && { DATABASE_URL: database.url }),
    ...(database && process.env.TEST_REDIS_URL && { REDIS_URL: `${process.env.TEST_REDIS_URL}/${REDIS_DB}` }),
  });
  const config = (): object => {
    const base = testConfig(upstream, { policy: POLICY }) as { providers: object[]; models: { id: string }[] };
    const [small] = base.models;
    return {
      ...base,
      providers: [
        ...base.providers.map((one) => ({ ...one, batchApi: 'openai', batchDiscount: 0.5 })),
        {
          ...{ id: 'claude', kind: 'anthropic', baseUrl: anthropic.baseUrl, apiKey: 'secret-of-claude' },
          ...{ batchApi: 'anthropic', batchDiscount: 0.5, preheat: { connections: 0 } },
        },
      ],
      models: [
        small,
        { ...small, id: 'claude', targets: [{ provider: 'claude', model: 'claude-up' }] },
        {
          ...{ ...small, id: 'dear' },
          price: { inputPerMTok: 0.15, outputPerMTok: 0.6, batch: { inputPerMTok: 0.2, outputPerMTok: 0.8 } },
        },
      ],
      batches: { providerPollMs: 100 },
    };
  };
  const renew = (): void => {
    calls = 0;
    provider = new ScriptedBatches('openai', ({ method }: RecordedRequest) => {
      if (method === 'POST') calls++;
      return jsonReply(method === 'POST' ? completionJson('one by one') : { object: 'list', data: [] });
    });
    upstream.respondWith((request) => provider.handle(request));
  };
  const restart = async (): Promise<void> => {
    await relay.kill('SIGKILL');
    relay = await RelayProcess.start({ config: config(), env: env(), folder: relay.folder });
    acme = relay.openai(ACME_KEY);
  };

  beforeAll(async () => {
    if (databaseUrl && process.env.TEST_REDIS_URL) {
      const redis = new Redis(`${process.env.TEST_REDIS_URL}/${REDIS_DB}`);
      await redis.flushdb();
      await redis.quit();
    }
    if (databaseUrl) database = await ScratchDatabase.create(databaseUrl, 'offloaded');
    upstream = await ScriptedUpstream.start();
    anthropic = await ScriptedUpstream.start();
    renew();
    relay = await RelayProcess.start({ config: config(), env: env() });
    acme = relay.openai(ACME_KEY);
  }, 120_000);
  afterAll(async () => {
    await relay.close();
    await upstream.close();
    await anthropic.close();
    await database?.drop();
  });
  beforeEach(() => {
    renew();
    upstream.requests.length = 0;
  });

  const line = (id: string, more: object = {}): string =>
    JSON.stringify({ custom_id: id, method: 'POST', url: URL, body: ask(`question ${id}`, more) });
  const order = async (
    lines: readonly string[],
    headers: Record<string, string> = {},
    endpoint: string = URL,
  ): Promise<OpenAI.Batch> => {
    const file = await acme.files.create({
      ...{ file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'), purpose: 'batch' },
    });
    const ordering = { input_file_id: file.id, endpoint: endpoint as typeof URL, completion_window: '24h' } as const;
    return acme.batches.create(ordering, { headers });
  };
  const until = async (id: string, isThere: (batch: OpenAI.Batch) => boolean): Promise<OpenAI.Batch> => {
    for (;;) {
      const batch = await acme.batches.retrieve(id);
      if (isThere(batch)) return batch;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  const ended = (id: string): Promise<OpenAI.Batch> =>
    until(id, ({ status }) => ['completed', 'failed', 'expired', 'cancelled'].includes(status));
  const read = async (id: string | null | undefined): Promise<OutputLine[]> => {
    if (!id) return [];
    const text = await (await acme.files.content(id)).text();
    return text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as OutputLine);
  };
  const said = ({ response }: OutputLine): string => response?.body.choices[0]?.message.content ?? '';
  /** Of all lines, once they are stored. */
  const traces = async ({ id }: OpenAI.Batch, count: number): Promise<TraceRow[]> => {
    const admin = await relay.admin();
    for (;;) {
      const rows = await admin.traces(`tag=${encodeURIComponent(`batch:${id}`)}`);
      if (rows.length >= count) return rows;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  const named = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

  it('hands lines in, and gives their answers at the price of the provider’s batches, to the last digit', async () => {
    const ids = named('good', 30);
    const batch = await order(ids.map((id) => line(id)));
    const there = await provider.handedIn(1);
    expect(there.lines).toHaveLength(30);
    expect(there.lines[0]?.body).toMatchObject({ model: 'mock-small', messages: ask('question good-0').messages });
    expect(JSON.stringify([there.metadata, there.lines.map(({ id }) => id)])).not.toMatch(/acme|good|batch_/);
    expect((await acme.batches.retrieve(batch.id)).request_counts).toEqual({ total: 30, completed: 0, failed: 0 });
    provider.end(there, 'completed', good);
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 30, completed: 30, failed: 0 });
    const lines = await read(done.output_file_id);
    expect(lines.map(({ custom_id: id }) => id)).toEqual(ids);
    expect(lines.every((one) => said(one).includes(`question ${one.custom_id}"`))).toBe(true);
    expect(calls).toBe(0);
    expect(done.usage).toMatchObject({ input_tokens: 330, output_tokens: 90 });
    const rows = await traces(done, 30);
    expect(rows).toHaveLength(30);
    expect(new Set(rows.map(({ costUsd }) => costUsd))).toEqual(new Set([BATCH_COST_USD]));
    const detail: TraceDetail = await (await relay.admin()).trace(rows[0]?.id ?? null);
    expect(detail).toMatchObject({
      attemptLog: [{ provider: 'mock', outcome: 'ok', upstreamStatus: 200 }],
      cache: 'miss',
    });
    const stage = detail.stages.find(({ name }) => name === 'provider-batch');
    expect(stage?.attributes).toMatchObject({ provider: 'mock', batch: there.id });
    expect(provider.files.size).toBe(0); // nothing is left there
  }, 60_000);

  it('answers from the cache what it knows, without the provider', async () => {
    const warm = await relay.post(ACME_KEY, ask('question known'));
    expect(warm.status).toBe(200);
    const done = await ended((await order([line('known')])).id);
    expect(done.request_counts).toMatchObject({ completed: 1 });
    expect([calls, provider.batches.length]).toEqual([1, 0]);
  }, 60_000);

  it('lets out nothing that a guard redacts, and puts it back into the answer', async () => {
    const batch = await order([line('mail', { messages: [{ role: 'user', content: 'write to ada@example.com' }] })], {
      'x-relay-tags': 'redacted',
    });
    const there = await provider.handedIn(1);
    expect(JSON.stringify(there.lines)).not.toContain('ada@example.com');
    provider.end(there, 'completed', good);
    const done = await ended(batch.id);
    expect(said((await read(done.output_file_id))[0] as OutputLine)).toContain('ada@example.com');
    expect(calls).toBe(0);
  }, 60_000);

  it('asks one by one what the provider did not answer', async () => {
    const results: Record<string, ScriptedResult> = {
      fine: { status: 200, body: completionJson('fine') },
      broken: 'this is no JSON {',
      forgotten: null,
      failed: { status: 500, body: { error: { message: 'try again' } } },
      refused: { status: 400, body: { error: { message: 'too long', type: 'invalid_request_error' } } },
      empty: { status: 200, body: { choices: [] } },
    };
    const batch = await order(Object.keys(results).map((id) => line(id)));
    const there = await provider.handedIn(1);
    provider.end(there, 'completed', ({ body }) => {
      const question = JSON.stringify(body['messages']);
      return results[Object.keys(results).find((id) => question.includes(id)) ?? ''] ?? null;
    });
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 6, completed: 6, failed: 0 });
    const answers = (await read(done.output_file_id)).map((one) => [one.custom_id, said(one)]);
    const others = ['broken', 'forgotten', 'failed', 'refused', 'empty'];
    expect(answers).toEqual([['fine', 'fine'], ...others.map((id) => [id, 'one by one'])]);
    expect(calls).toBe(5);
    expect(provider.batches).toHaveLength(1); // what came back does not go again
    const costs = (await traces(done, 8)).map(({ costUsd }) => costUsd);
    expect(costs.filter((cost) => cost === ORDINARY_COST_USD)).toHaveLength(5);
    expect(costs.filter((cost) => cost === BATCH_COST_USD)).toHaveLength(1);
    expect(costs.filter((cost) => cost === null)).toHaveLength(2); // of what came back and was none
  }, 60_000);

  it('goes on without a provider’s batch that expires in the middle, or is lost', async () => {
    const ids = named('expiring', 10);
    const batch = await order(ids.map((id) => line(id)));
    const there = await provider.handedIn(1);
    provider.end(there, 'expired', (one) => (there.lines.indexOf(one) < 4 ? good(one) : null));
    expect((await ended(batch.id)).request_counts).toMatchObject({ completed: 10 });
    expect(calls).toBe(6);
    const another = await order(named('lost', 3).map((id) => line(id)));
    provider.lose(await provider.handedIn(2));
    expect((await ended(another.id)).request_counts).toMatchObject({ completed: 3 });
    expect(calls).toBe(9);
  }, 60_000);

  it('asks one by one where the policy or the price says so, or the provider refuses', async () => {
    const stays = await order([line('stays')], { 'x-relay-tags': 'stays' });
    expect((await ended(stays.id)).request_counts).toMatchObject({ completed: 1 });
    const dear = await order([line('dear', { model: 'dear' })]);
    expect((await ended(dear.id)).request_counts).toMatchObject({ completed: 1 });
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions', '/v1/chat/completions']);
    upstream.enqueue(jsonReply({ error: { message: 'no batches for you' } }, { status: 403 }));
    const refused = await order([line('unwelcome')]); // a refusal of the same question would be in the cache
    expect((await ended(refused.id)).request_counts).toMatchObject({ completed: 1 });
    expect([calls, provider.batches.length]).toEqual([3, 0]);
  }, 60_000);

  it('hands messages in as Anthropic has it, and chat that would have to be translated not at all', async () => {
    const theirs = new ScriptedBatches('anthropic');
    anthropic.respondWith(theirs.handle);
    const asked = { model: 'claude', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] };
    const body = { custom_id: 'claude', method: 'POST', url: '/v1/messages', body: asked };
    const batch = await order([JSON.stringify(body)], {}, '/v1/messages');
    const there = await theirs.handedIn(1);
    expect(there.lines.map((one) => one.body)).toEqual([{ ...asked, model: 'claude-up' }]);
    const message = {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-up', stop_reason: 'end_turn' },
      ...{ content: [{ type: 'text', text: 'Hello' }], usage: { input_tokens: 11, output_tokens: 3 } },
    };
    theirs.end(there, 'ended', () => ({ status: 200, body: message }));
    const done = await ended(batch.id);
    expect(await read(done.output_file_id)).toMatchObject([{ custom_id: 'claude', response: { body: message } }]);
    expect((await traces(done, 1)).map(({ costUsd }) => costUsd)).toEqual([BATCH_COST_USD]);
    anthropic.respondWith(() => jsonReply(message));
    const chat = await order([line('translated', { model: 'claude' })]);
    expect((await ended(chat.id)).request_counts).toMatchObject({ completed: 1 });
    expect(theirs.batches).toHaveLength(1);
  }, 60_000);

  it('cancels there what is cancelled here, and gives and charges what was answered by then', async () => {
    const batch = await order(named('cancelled', 3).map((id) => line(id)));
    const there = await provider.handedIn(1);
    await acme.batches.cancel(batch.id);
    await until(batch.id, () => there.cancelled);
    const [first] = there.lines;
    provider.end(there, 'cancelled', (one) => (one === first ? good(one) : null));
    const done = await ended(batch.id);
    expect(done).toMatchObject({ status: 'cancelled', request_counts: { total: 3, completed: 1, failed: 2 } });
    expect((await read(done.output_file_id)).map(said)).toEqual([expect.stringContaining('question cancelled-0')]);
    expect((await traces(done, 1)).map(({ costUsd }) => costUsd)).toEqual([BATCH_COST_USD]);
    expect(calls).toBe(0);
  }, 60_000);

  it('does not show one tenant’s to another, nor mix them', async () => {
    const globex = relay.openai(GLOBEX_KEY);
    const file = await globex.files.create({
      ...{ file: await toFile(Buffer.from(line('theirs')), 'in.jsonl'), purpose: 'batch' },
    });
    const theirs = await globex.batches.create({ input_file_id: file.id, endpoint: URL, completion_window: '24h' });
    const ours = await order([line('ours')]);
    const both = [await provider.handedIn(1), await provider.handedIn(2)];
    expect(both.map(({ lines }) => lines.length)).toEqual([1, 1]);
    for (const there of both) provider.end(there, 'completed', good);
    expect(said((await read((await ended(ours.id)).output_file_id))[0] as OutputLine)).toContain('ours');
    await expect(acme.batches.retrieve(theirs.id)).rejects.toMatchObject({ status: 404 });
  }, 60_000);

  /** Four batches, and one death, as it takes half a minute until what a dead process held is somebody else's. */
  it('goes on after kill -9: nothing is told, answered, read or charged twice', async () => {
    const ids = {
      before: named('before', 5), // the provider is about to be told
      after: named('after', 5), // the provider has been told, and that is not stored
      reading: named('reading', 5), // half of the answers are read
      answering: named('answering', 1_000), // lines get their answers
    };
    type Name = keyof typeof ids;
    const at = (name: Name): ScriptedBatch[] =>
      provider.batches.filter(({ lines }) => JSON.stringify(lines[0]).includes(`question ${name}-`));
    const happens = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    };
    const silent = new Set<Name>(); // what waits for an answer that does not come, each once
    const fallsSilent = (name: Name, isIt: boolean): boolean => isIt && !silent.has(name) && Boolean(silent.add(name));
    upstream.respondWith((request) => {
      const route = `${request.method} ${request.path}`;
      const isUpload = route === 'POST /v1/files' && request.rawBody.includes('question before-');
      if (fallsSilent('before', isUpload)) return neverAnswer();
      const reply = provider.handle(request);
      const isOrder = route === 'POST /v1/batches' && at('after').length > 0;
      if (fallsSilent('after', isOrder)) return neverAnswer();
      const [output = ''] = at('reading')[0]?.files ?? [];
      const content = provider.files.get(output);
      if (!content || !fallsSilent('reading', route === `GET /v1/files/${output}/content`)) return reply;
      return steps([content.subarray(0, content.length / 2), 'STALL']);
    });
    const end = (name: Name): void => {
      const [there] = at(name);
      if (there) provider.end(there, 'completed', good);
    };

    const batches = new Map<Name, OpenAI.Batch>();
    const orderAll = async (...of: Name[]): Promise<void> => {
      for (const name of of) batches.set(name, await order(ids[name].map((id) => line(id))));
    };
    await orderAll('answering', 'reading');
    await happens(() => at('answering').length > 0 && at('reading').length > 0);
    await orderAll('before', 'after'); // last, as the relay breaks off a call that is not answered in 15 s
    await happens(() => silent.size === 2);
    end('reading');
    await happens(() => silent.has('reading'));
    end('answering');
    await until(batches.get('answering')?.id ?? '', ({ request_counts: counts }) => (counts?.completed ?? 0) > 0);
    expect([at('before').length, at('after').length]).toEqual([0, 1]);
    await restart();
    end('after');
    await happens(() => at('before').length > 0);
    end('before');

    for (const [name, batch] of batches) {
      const done = await ended(batch.id);
      const [of, total] = [ids[name], ids[name].length];
      expect(done.request_counts).toEqual({ total, completed: total, failed: 0 });
      expect((await read(done.output_file_id)).map(({ custom_id: id }) => id)).toEqual(of);
      expect([name, at(name).length, calls]).toEqual([name, 1, 0]);
      expect((await traces(done, total)).map(({ costUsd }) => costUsd)).toEqual(of.map(() => BATCH_COST_USD));
    }
  }, 180_000);
});
