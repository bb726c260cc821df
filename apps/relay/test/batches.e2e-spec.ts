import { completionJson, errorReply, Gate, gatedReply, jsonReply, saySkipped, ScriptedUpstream } from '@relay/testing';
import { Redis } from 'ioredis';
import OpenAI, { toFile } from 'openai';
import { RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, GLOBEX_KEY, ask, testConfig } from './test-config';

const POLL_MS = 100;
const MAX_FILE_BYTES = 3_000_000;
/** More than one request is tried again by itself. */
const REFUSALS = 6;
/** Workers of other tests take jobs of the same queue. */
const REDIS_DB = 14; // of its own, emptied before
const URL = '/v1/chat/completions';
/** Each form takes most of a minute: the one that is there to be tested. */
const stores = process.env.TEST_DATABASE_URL ? ['PostgreSQL'] : ['embedded'];
if (stores[0] === 'embedded') saySkipped('batches on PostgreSQL, because TEST_DATABASE_URL is not set');

interface OutputLine {
  readonly custom_id: string | null;
  readonly response: { status_code: number; request_id: string; body: { choices: unknown[] } } | null;
  readonly error: { code: string; message: string } | null;
}

const line = (id: string, more: object = {}): string =>
  JSON.stringify({ custom_id: id, method: 'POST', url: URL, body: ask(`question ${id}`), ...more });

/** A response as a provider gives it, whose message has this id. */
const responseJson = (messageId: string): object => ({
  ...{
    id: 'resp_native',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    model: 'up',
    error: null,
  },
  output: [
    {
      ...{ id: messageId, type: 'message', status: 'completed', role: 'assistant' },
      content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
    },
  ],
  usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
});

describe.each(stores)('batches (%s)', (store) => {
  let database: ScratchDatabase | null = null;
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let acme: OpenAI;
  let globex: OpenAI;

  const env = (): NodeJS.ProcessEnv => ({
    ...(database && { DATABASE_URL: database.url }),
    ...(database && process.env.TEST_REDIS_URL && { REDIS_URL: `${process.env.TEST_REDIS_URL}/${REDIS_DB}` }),
  });
  const config = (): object => ({ ...testConfig(upstream), files: { maxBytes: MAX_FILE_BYTES } });
  const connect = (): void => {
    acme = relay.openai(ACME_KEY);
    globex = relay.openai(GLOBEX_KEY);
  };

  beforeAll(async () => {
    if (store !== 'embedded' && process.env.TEST_REDIS_URL) {
      const redis = new Redis(`${process.env.TEST_REDIS_URL}/${REDIS_DB}`);
      await redis.flushdb();
      await redis.quit();
    }
    if (store !== 'embedded') database = await ScratchDatabase.create(process.env.TEST_DATABASE_URL ?? '', 'batches');
    upstream = await ScriptedUpstream.start();
    relay = await RelayProcess.start({ config: config(), env: env() });
    connect();
  }, 120_000);
  afterAll(async () => {
    await relay.close();
    await upstream.close();
    await database?.drop();
  });
  beforeEach(() => void (upstream.requests.length = 0));

  const upload = (lines: readonly string[], client = acme): Promise<OpenAI.FileObject> =>
    toFile(Buffer.from(lines.join('\n')), 'requests.jsonl').then((file) =>
      client.files.create({ file, purpose: 'batch' }),
    );
  const order = async (lines: readonly string[]): Promise<OpenAI.Batch> => {
    const { id } = await upload(lines);
    return acme.batches.create({
      ...{ input_file_id: id, endpoint: URL, completion_window: '24h', metadata: { of: 'a test' } },
    });
  };
  /** As it is once `isThere` holds for it. */
  const until = async (id: string, isThere: (batch: OpenAI.Batch) => boolean, client = acme): Promise<OpenAI.Batch> => {
    for (;;) {
      const batch = await client.batches.retrieve(id);
      if (isThere(batch)) return batch;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  const ended = (id: string, client = acme): Promise<OpenAI.Batch> =>
    until(id, ({ status }) => ['completed', 'failed', 'expired', 'cancelled'].includes(status), client);
  const read = async (id: string | null | undefined): Promise<OutputLine[]> => {
    if (!id) return [];
    const text = await (await acme.files.content(id)).text();
    return text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as OutputLine);
  };

  it('keeps files, tells of them, gives them back byte by byte, and forgets them', async () => {
    const bytes = Buffer.alloc(2_500_000, 'a line of text with ä\n');
    const file = await acme.files.create({ file: await toFile(bytes, 'big.txt'), purpose: 'user_data' });
    expect(file).toMatchObject({ object: 'file', bytes: bytes.length, filename: 'big.txt', purpose: 'user_data' });
    const given = await acme.files.content(file.id);
    expect(Buffer.from(await given.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await acme.files.list({ purpose: 'user_data' })).data.map(({ id }) => id)).toEqual([file.id]);
    expect(await acme.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(acme.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });

  it('refuses uploads that are none, by field', async () => {
    const file = await toFile(Buffer.from('x'), 'x');
    await expect(acme.files.create({ file, purpose: 'nonsense' as 'batch' })).rejects.toMatchObject({
      ...{ status: 400, param: 'purpose' },
    });
    const body = new FormData();
    body.set('purpose', 'batch');
    await expect(acme.post('/files', { body })).rejects.toMatchObject({ status: 400, param: 'file' });
    await expect(acme.post('/files', { body: { purpose: 'batch' } })).rejects.toMatchObject({ status: 415 });
    expect((await acme.files.list()).data).toEqual([]);
  });

  it('refuses texts that no database keeps, by field', async () => {
    const { id } = await upload(['{}']);
    const batch = { input_file_id: id, endpoint: URL, completion_window: '24h' } as const;
    const named = await toFile(Buffer.from('{}'), 'a\u0000b.jsonl');
    const refusals = [
      acme.batches.create({ ...batch, metadata: { of: 'a\u0000b' } }),
      acme.batches.create({ ...batch, metadata: { ['a\ud800']: 'b' } }),
      acme.batches.list({ after: 'a\u0000' }),
      acme.files.list({ after: 'a\u0000' }),
      acme.files.create({ file: named, purpose: 'batch' }),
    ].map((asked: PromiseLike<unknown>) => Promise.resolve(asked).catch((error: unknown) => error));
    for (const error of await Promise.all(refusals)) expect(error).toMatchObject({ status: 400 });
    await expect(acme.batches.create({ ...batch, input_file_id: 'file-\u0000' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(acme.batches.retrieve('batch_\u0000')).rejects.toMatchObject({ status: 404 });
    await acme.files.delete(id);
  });

  it('tells a client whose file is too large so, and bears one that breaks off', async () => {
    const large = await toFile(Buffer.alloc(MAX_FILE_BYTES + 2_000_000), 'large');
    await expect(acme.files.create({ file: large, purpose: 'vision' })).rejects.toMatchObject({ status: 413 });
    const headers = { authorization: `Bearer ${ACME_KEY}`, 'content-type': 'multipart/form-data; boundary=x' };
    const body = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nthe first ha';
    const reply = await fetch(`${relay.url}/v1/files`, { method: 'POST', headers, body });
    expect(reply.status).toBe(400);
    expect((await acme.files.list()).data).toEqual([]);
  });

  it('goes on from responses of its tenant, and from no others; no provider hears of their state', async () => {
    const endpoint = '/v1/responses';
    const { model } = ask('');
    upstream.enqueue(...['msg_ours', 'msg_theirs', 'msg_new'].map((id) => jsonReply(responseJson(id))));
    const first = await acme.responses.create({ model, input: 'our first question' });
    const theirs = await globex.responses.create({ model, input: 'what only globex may know' });
    upstream.requests.length = 0;
    const bodies = {
      ...{ ours: { previous_response_id: first.id, store: true }, theirs: { previous_response_id: theirs.id } },
      ...{ item: { input: [{ type: 'item_reference', id: 'msg_theirs' }] }, waiting: { background: true } },
    };
    const lines = Object.entries(bodies).map(([id, more]) =>
      JSON.stringify({ custom_id: id, method: 'POST', url: endpoint, body: { model, input: 'and then?', ...more } }),
    );
    const { id } = await upload(lines);
    const batch = await acme.batches.create({ input_file_id: id, endpoint, completion_window: '24h' });
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 4, completed: 1, failed: 3 });
    expect((await read(done.error_file_id)).map(({ custom_id, error }) => [custom_id, error?.code])).toEqual([
      ['theirs', 'previous_response_not_found'],
      ['item', 'invalid_request'],
      ['waiting', 'invalid_line'],
    ]);
    const [asked = '', ...more] = upstream.requests.map(({ rawBody }) => rawBody.toString());
    expect(more).toEqual([]);
    expect(asked).toContain('our first question');
    expect(asked).toContain('and then?');
    expect(asked).not.toMatch(/previous_response_id|background|globex|"store":true/);
  }, 60_000);

  it('answers every line once, in the order of the input', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `line-${n}`);
    const batch = await order(ids.map((id) => line(id)));
    expect(batch).toMatchObject({ object: 'batch', status: 'validating', metadata: { of: 'a test' } });
    const done = await ended(batch.id);
    expect(done).toMatchObject({
      ...{ status: 'completed', error_file_id: null },
      request_counts: { total: 60, completed: 60, failed: 0 },
    });
    const lines = await read(done.output_file_id);
    expect(lines.map(({ custom_id: id }) => id)).toEqual(ids);
    expect(lines.every(({ response }) => response?.status_code === 200 && response.body.choices.length === 1)).toBe(
      true,
    );
    expect(upstream.requests).toHaveLength(60);
    expect((await acme.batches.list()).data[0]?.id).toBe(batch.id);
  });

  it('tells what is wrong with single lines in the error file, and does the rest', async () => {
    const batch = await order([
      line('good-1'),
      '{"custom_id": "broken", ',
      line('good-1'),
      line('other-url', { url: '/v1/embeddings' }),
      JSON.stringify({ method: 'POST', url: URL, body: ask('no id') }),
      '',
      line('unknown-model', { body: { ...ask('x'), model: 'nobody-has-it' } }),
      line('good-2'),
    ]);
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 7, completed: 2, failed: 5 });
    expect((await read(done.output_file_id)).map(({ custom_id: id }) => id)).toEqual(['good-1', 'good-2']);
    const errors = await read(done.error_file_id);
    expect(errors.map(({ custom_id: id, error, response }) => [id, error?.code ?? response?.status_code])).toEqual([
      [null, 'invalid_json_line'],
      ['good-1', 'duplicate_custom_id'],
      ['other-url', 'invalid_line'],
      [null, 'invalid_line'],
      ['unknown-model', 404],
    ]);
  });

  it('orders once what is ordered twice with one Idempotency-Key, and nothing else under it', async () => {
    const { id } = await upload([line('once')]);
    const ordering = { input_file_id: id, endpoint: URL, completion_window: '24h' } as const;
    const headers = { 'idempotency-key': 'nightly-run' };
    const orders = [1, 2, 3].map(() => acme.batches.create(ordering, { headers }));
    const [first, ...others] = (await Promise.all(orders)).map((batch) => batch.id);
    expect(others).toEqual([first, first]);
    await ended(first ?? '');
    await acme.files.delete(id);
    expect(await acme.batches.create(ordering, { headers })).toMatchObject({ id: first, status: 'completed' });
    const another = { ...ordering, metadata: { of: 'another' } };
    await expect(acme.batches.create(another, { headers })).rejects.toMatchObject({
      ...{ status: 400, param: 'idempotency-key' },
    });
    await expect(globex.batches.create(ordering, { headers })).rejects.toMatchObject({ status: 404 }); // their own key
    await expect(
      acme.batches.create(ordering, { headers: { 'idempotency-key': 'x'.repeat(256) } }),
    ).rejects.toMatchObject({ status: 400 });
    expect(upstream.requests).toHaveLength(1);
  });

  it('fails an input without lines', async () => {
    const done = await ended((await order(['', ''])).id);
    expect(done).toMatchObject({ status: 'failed', errors: { data: [{ code: 'empty_file' }] } });
  });

  it('shows nothing of one tenant to another', async () => {
    const theirs = await upload([line('a')], globex);
    await expect(acme.files.retrieve(theirs.id)).rejects.toMatchObject({ status: 404 });
    await expect(acme.files.content(theirs.id)).rejects.toMatchObject({ status: 404 });
    await expect(acme.files.delete(theirs.id)).rejects.toMatchObject({ status: 404 });
    const ordering = { input_file_id: theirs.id, endpoint: URL, completion_window: '24h' } as const;
    await expect(acme.batches.create(ordering)).rejects.toMatchObject({ status: 404, param: 'input_file_id' });
    const batch = await globex.batches.create(ordering);
    await expect(acme.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 });
    await expect(acme.batches.cancel(batch.id)).rejects.toMatchObject({ status: 404 });
    expect((await acme.batches.list()).data.map(({ id }) => id)).not.toContain(batch.id);
    expect(await ended(batch.id, globex)).toMatchObject({ status: 'completed' });
  });

  it('waits where the upstream says "not now", and answers with what it says then', async () => {
    upstream.enqueue(...Array.from({ length: REFUSALS }, () => errorReply(429, 'slow down')));
    const done = await ended((await order([line('patient')])).id);
    expect(done.request_counts).toEqual({ total: 1, completed: 1, failed: 0 });
    expect(upstream.requests).toHaveLength(REFUSALS + 1);
  }, 60_000);

  it('cancels: what is under way is given up, and the rest is not asked', async () => {
    const gate = new Gate();
    upstream.enqueue(jsonReply(completionJson('first')), gatedReply(gate, jsonReply(completionJson('late'))));
    const batch = await order([line('first'), line('held')]);
    await gate.reached;
    await until(batch.id, ({ request_counts: counts }) => counts?.completed === 1);
    expect((await acme.batches.cancel(batch.id)).status).toBe('cancelling');
    const done = await ended(batch.id);
    gate.open();
    expect(done).toMatchObject({ status: 'cancelled', request_counts: { total: 2, completed: 1, failed: 1 } });
    const [answered, left] = [await read(done.output_file_id), await read(done.error_file_id)];
    expect([...answered, ...left].map(({ custom_id: id }) => id).sort()).toEqual(['first', 'held']);
    expect(left[0]?.error?.code).toBe('batch_cancelled');
    await expect(acme.batches.cancel(batch.id)).rejects.toMatchObject({ status: 409 });
  });

  it('leaves what its end interrupts to the next process', async () => {
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('never heard'))));
    const batch = await order([line('interrupted')]);
    await gate.reached;
    await relay.kill('SIGTERM');
    gate.open();
    relay = await RelayProcess.start({ config: config(), env: env(), folder: relay.folder });
    connect();
    expect((await ended(batch.id)).request_counts).toEqual({ total: 1, completed: 1, failed: 0 });
    expect(upstream.requests).toHaveLength(2);
  }, 120_000);

  it('goes on after kill -9, and answers no line twice', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => `kill-${n}`);
    const gate = new Gate();
    const answers = Array.from({ length: 80 }, () => jsonReply(completionJson('ok')));
    upstream.enqueue(
      ...answers,
      ...Array.from({ length: 24 }, () => gatedReply(gate, jsonReply(completionJson('ok')))),
    );
    const batch = await order(ids.map((id) => line(id)));
    await gate.reached;
    await relay.kill('SIGKILL');
    gate.open();
    relay = await RelayProcess.start({ config: config(), env: env(), folder: relay.folder });
    connect();
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 200, completed: 200, failed: 0 });
    expect((await read(done.output_file_id)).map(({ custom_id: id }) => id)).toEqual(ids);
  }, 120_000);
});
