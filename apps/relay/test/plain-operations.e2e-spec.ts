import { randomBytes } from 'node:crypto';
import {
  completionJson,
  Gate,
  htmlReply,
  jsonReply,
  rawReply,
  ScriptedUpstream,
  sseReply,
  steps,
  streamFrames,
  type RecordedRequest,
} from '@relay/testing';
import OpenAI, { APIError, toFile } from 'openai';
import { type AdminClient, RelayProcess } from './relay-process';
import { ACME_KEY } from './test-config';

const FRUGAL_KEY = 'key-of-the-frugal-tenant';
const COUNTED_KEY = 'key-of-the-counted-tenant';
const RECORDING_BYTES = 25_000_000;

function configOf(upstream: ScriptedUpstream): object {
  const model = (id: string, operations: readonly string[], price?: object) => ({
    id,
    operations,
    targets: [{ provider: 'mock', model: `up-${id}` }],
    ...(price ? { price } : {}),
  });
  return {
    providers: [
      { id: 'mock', kind: 'openai', baseUrl: upstream.baseUrl, preheat: { connections: 0 } },
      { id: 'talker', kind: 'openai', baseUrl: upstream.baseUrl, operations: ['chat'], preheat: { connections: 0 } },
    ],
    models: [
      { id: 'small', targets: [{ provider: 'mock', model: 'up-small' }], price: { inputPerMTok: 1, outputPerMTok: 2 } },
      { id: 'talks', targets: [{ provider: 'talker', model: 'up-talks' }] },
      model('embed', ['embeddings'], { inputPerMTok: 1, outputPerMTok: 0 }),
      model('guard', ['moderations']),
      model('paint', ['images.generations', 'images.edits', 'images.variations'], {
        inputPerMTok: 5,
        outputPerMTok: 40,
      }),
      model('voice', ['audio.speech'], { inputPerMTok: 1, outputPerMTok: 12 }),
      model('ear', ['audio.transcriptions', 'audio.translations'], { inputPerMTok: 2, outputPerMTok: 10 }),
    ],
    tenants: [
      { id: 'acme', keys: [{ name: 'ci', value: ACME_KEY }] },
      { id: 'frugal', budget: { monthlyUsd: 0.000001 }, keys: [{ name: 'ci', value: FRUGAL_KEY }] },
      { id: 'counted', limits: { requestsPerMinute: 1 }, keys: [{ name: 'ci', value: COUNTED_KEY }] },
    ],
    policy: { name: 'test', version: 1, defaults: { payloadLogging: true }, rules: [] },
  };
}

/** A WAV file by its first bytes. */
function recording(bytes: number): Buffer {
  const file = Buffer.alloc(bytes, 7);
  file.write('RIFF', 0, 'latin1');
  file.write('WAVE', 8, 'latin1');
  return file;
}

const PNG = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(64)]);

describe('what is asked for beside generated text, through the official client', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let client: OpenAI;
  let admin: AdminClient;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    relay = await RelayProcess.start({ config: configOf(upstream) });
    client = relay.openai(ACME_KEY);
    admin = await relay.admin();
  }, 120_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
  });

  const lastRequest = (): RecordedRequest => {
    const last = upstream.requests.at(-1);
    if (!last) throw new Error('nothing was asked of the upstream');
    return last;
  };
  const formOf = ({ rawBody, headers }: RecordedRequest): Promise<FormData> =>
    new Response(new Uint8Array(rawBody), { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
  const traceOf = (response: Response) => admin.trace(response.headers.get('x-relay-trace-id'));
  const refusalOf = (call: Promise<unknown>): Promise<APIError> =>
    call.then(
      () => Promise.reject(new Error('it was answered')),
      (error: unknown) => (error instanceof APIError ? error : Promise.reject(error as Error)),
    );

  describe('embeddings', () => {
    const vector = Buffer.from(new Float32Array([0.5, -0.25]).buffer).toString('base64');
    const answer = (usage: object | null) =>
      jsonReply({
        object: 'list',
        data: [{ object: 'embedding', index: 0, embedding: vector }],
        model: 'up-embed',
        ...(usage ? { usage } : {}),
      });

    it('come in the base64 that the client asks for, with a trace and a cost, and from the cache the second time', async () => {
      upstream.enqueue(answer({ prompt_tokens: 8, total_tokens: 8 }));
      const asked = { model: 'embed', input: 'The food was delicious.' };
      const first = await client.embeddings.create(asked).withResponse();
      expect(first.data.data[0]?.embedding).toEqual([0.5, -0.25]);
      expect(lastRequest().json()).toEqual({ ...asked, model: 'up-embed', encoding_format: 'base64' });
      expect(first.response.headers.get('x-relay-cost-usd')).toBe('0.000008');
      const again = await client.embeddings.create(asked).withResponse();
      expect(again.response.headers.get('x-relay-cache')).toBe('exact-l1');
      expect(again.data.data[0]?.embedding).toEqual([0.5, -0.25]);
      expect(await traceOf(first.response)).toMatchObject({
        endpoint: '/v1/embeddings',
        servedModel: 'embed',
        inputTokens: 8,
        outputTokens: 0,
        costUsd: '0.000008',
      });
    });

    it('are counted here, and marked, where the upstream tells no usage; tokens count as they are', async () => {
      upstream.enqueue(answer(null));
      const { response } = await client.embeddings.create({ model: 'embed', input: [[1, 2, 3], [4]] }).withResponse();
      const trace = await traceOf(response);
      expect(trace).toMatchObject({ inputTokens: 4, outputTokens: 0, costUsd: '0.000004' });
      expect(trace.stages.map(({ name }) => name)).toContain('count');
    });

    it('are refused with the names of models that are for them', async () => {
      const refusal = await refusalOf(client.embeddings.create({ model: 'ear', input: 'x' }));
      expect([refusal.status, refusal.code, refusal.param]).toEqual([400, 'invalid_request', 'model']);
      expect(refusal.message).toContain('embed');
      const other = await refusalOf(client.embeddings.create({ model: 'embed', input: [1, 'x'] as never }));
      expect([other.status, other.param]).toEqual([400, 'input']);
    });

    it('stand under limits and budgets as chat does', async () => {
      upstream.enqueue(answer({ prompt_tokens: 1, total_tokens: 1 }));
      const counted = relay.openai(COUNTED_KEY);
      await counted.embeddings.create({ model: 'embed', input: 'once' });
      const limited = await refusalOf(counted.embeddings.create({ model: 'embed', input: 'twice' }));
      expect([limited.status, limited.code]).toEqual([429, 'rate_limited']);
      const frugal = await refusalOf(
        relay.openai(FRUGAL_KEY).embeddings.create({ model: 'embed', input: 'for nothing' }),
      );
      expect([frugal.status, frugal.code]).toEqual([402, 'budget_exceeded']);
    });
  });

  it('moderations without a model go to one that is for them', async () => {
    upstream.enqueue(jsonReply({ id: 'modr-1', model: 'up-guard', results: [{ flagged: false }] }));
    const { data, response } = await client.moderations.create({ input: ['fine', 'also fine'] }).withResponse();
    expect(data.results[0]?.flagged).toBe(false);
    expect(lastRequest().json()).toEqual({ input: ['fine', 'also fine'], model: 'up-guard' });
    expect(response.headers.get('x-relay-model')).toBe('guard');
  });

  describe('images', () => {
    it('are generated, and paid by the tokens that the upstream tells', async () => {
      const usage = { input_tokens: 10, output_tokens: 100, total_tokens: 110 };
      upstream.enqueue(jsonReply({ created: 1, data: [{ b64_json: 'AAAA' }], usage }));
      const { data, response } = await client.images.generate({ model: 'paint', prompt: 'A fox' }).withResponse();
      expect(data.data?.[0]?.b64_json).toBe('AAAA');
      expect(await traceOf(response)).toMatchObject({ endpoint: '/v1/images/generations', costUsd: '0.00405' });
    });

    it('cost nobody knows what without usage', async () => {
      upstream.enqueue(jsonReply({ created: 1, data: [{ url: 'https://images.test/1.png' }] }));
      const { response } = await client.images.generate({ model: 'paint', prompt: 'A dog' }).withResponse();
      expect(response.headers.has('x-relay-cost-usd')).toBe(false);
      expect(await traceOf(response)).toMatchObject({ costUsd: null, inputTokens: null, outputTokens: null });
    });

    it('are edited: the file goes on as it came, the model under its upstream name, the trace knows no byte of it', async () => {
      upstream.enqueue(jsonReply({ created: 1, data: [{ b64_json: 'BBBB' }] }));
      const image = await toFile(PNG, 'otter.png', { type: 'image/png' });
      const { response } = await client.images.edit({ model: 'paint', image, prompt: 'A hat' }).withResponse();
      const form = await formOf(lastRequest());
      expect([form.get('model'), form.get('prompt')]).toEqual(['up-paint', 'A hat']);
      const file = form.get('image') as unknown as File;
      expect(Buffer.from(await file.arrayBuffer()).equals(PNG)).toBe(true);
      expect([file.name, file.type]).toEqual(['otter.png', 'image/png']);
      const { payload } = await traceOf(response);
      expect(payload?.request).toEqual({
        model: 'paint',
        prompt: 'A hat',
        image: { filename: 'otter.png', contentType: 'image/png', bytes: PNG.length },
      });
    });

    it('come bit by bit where that is asked for', async () => {
      const event = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
      const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
      const frames = [
        event('image_generation.partial_image', { b64_json: 'A'.repeat(200_000), partial_image_index: 0 }),
        event('image_generation.completed', { b64_json: 'B'.repeat(200_000), usage }),
      ];
      upstream.enqueue(sseReply(frames));
      const reply = await relay.postTo('/v1/images/generations', ACME_KEY, {
        model: 'paint',
        prompt: 'x',
        stream: true,
      });
      expect(await reply.text()).toBe(frames.join(''));
      expect(await traceOf(reply)).toMatchObject({ status: 'ok', outputTokens: 2, stream: true });
    });
  });

  describe('speech', () => {
    const asked = { model: 'voice', input: 'Hello', voice: 'alloy' };

    it('is sent as it is made: the first bytes arrive before the last are there, under their own type', async () => {
      const gate = new Gate();
      upstream.enqueue(steps(['first', gate, 'last'], { headers: { 'content-type': 'audio/mpeg' } }));
      const response = await client.audio.speech.create(asked);
      const reader = response.body?.getReader();
      const first = await reader?.read();
      expect(Buffer.from(first?.value ?? []).toString()).toBe('first');
      expect(response.headers.get('content-type')).toBe('audio/mpeg');
      gate.open();
      const last = await reader?.read();
      expect(Buffer.from(last?.value ?? []).toString()).toBe('last');
      await reader?.read();
      expect(await traceOf(response)).toMatchObject({ endpoint: '/v1/audio/speech', status: 'ok', costUsd: null });
    });

    it('ends at the upstream when the client leaves', async () => {
      upstream.enqueue(steps(['first', 'STALL'], { headers: { 'content-type': 'audio/mpeg' } }));
      const leaving = new AbortController();
      const response = await client.audio.speech.create(asked, { signal: leaving.signal });
      const request = lastRequest();
      leaving.abort();
      await request.aborted;
      expect(request.isAborted).toBe(true);
      expect(response.status).toBe(200);
    });

    it('that breaks off ends in a broken connection, never in words among the sound', async () => {
      upstream.enqueue(steps(['first', 'CUT'], { headers: { 'content-type': 'audio/mpeg' } }));
      const response = await client.audio.speech.create(asked);
      await expect(response.arrayBuffer()).rejects.toThrow();
      expect(await traceOf(response)).toMatchObject({ status: 'error', errorCode: 'upstream_error' });
    });

    it('is an error where a page comes instead', async () => {
      upstream.respondWith(() => htmlReply());
      const refusal = await refusalOf(client.audio.speech.create(asked));
      expect([refusal.status, refusal.code]).toEqual([502, 'upstream_error']);
    });

    it('comes as events where that is asked for', async () => {
      const frames = [
        'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n',
        'data: {"type":"speech.audio.done","usage":{"input_tokens":4,"output_tokens":10,"total_tokens":14}}\n\n',
      ];
      upstream.enqueue(sseReply(frames));
      const response = await client.audio.speech.create({ ...asked, stream_format: 'sse' });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(await response.text()).toBe(frames.join(''));
      expect(await traceOf(response)).toMatchObject({ outputTokens: 10, costUsd: '0.000124' });
    });
  });

  describe('transcriptions', () => {
    const file = (bytes = 1_000) => toFile(recording(bytes), 'speech.wav', { type: 'audio/wav' });

    it('of 25 MB arrive whole, and their text comes back', async () => {
      const usage = { type: 'tokens', input_tokens: 100, output_tokens: 10, total_tokens: 110 };
      upstream.enqueue(jsonReply({ text: 'Hello.', usage }));
      const { data, response } = await client.audio.transcriptions
        .create({ model: 'ear', file: await file(RECORDING_BYTES), language: 'en' })
        .withResponse();
      expect(data.text).toBe('Hello.');
      const form = await formOf(lastRequest());
      const sent = Buffer.from(await (form.get('file') as unknown as File).arrayBuffer());
      expect(sent.equals(recording(RECORDING_BYTES))).toBe(true);
      expect([form.get('model'), form.get('language')]).toEqual(['up-ear', 'en']);
      expect(await traceOf(response)).toMatchObject({ endpoint: '/v1/audio/transcriptions', costUsd: '0.0003' });
    }, 60_000);

    it('come as a text where that is asked for, at a cost that nobody knows', async () => {
      upstream.enqueue(rawReply('1\n00:00 --> 00:01\n{Hello.}\n', 'text/plain; charset=utf-8'));
      const { data, response } = await client.audio.transcriptions
        .create({ model: 'ear', file: await file(), response_format: 'srt' })
        .withResponse();
      expect(data).toBe('1\n00:00 --> 00:01\n{Hello.}\n');
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await traceOf(response)).toMatchObject({ costUsd: null, outputTokens: null });
    });

    it('come word by word where that is asked for', async () => {
      const usage = { type: 'tokens', input_tokens: 100, output_tokens: 2, total_tokens: 102 };
      upstream.enqueue(
        sseReply([
          'data: {"type":"transcript.text.delta","delta":"Hel"}\n\n',
          'data: {"type":"transcript.text.delta","delta":"lo"}\n\n',
          `data: ${JSON.stringify({ type: 'transcript.text.done', text: 'Hello', usage })}\n\ndata: [DONE]\n\n`,
        ]),
      );
      const stream = await client.audio.transcriptions.create({ model: 'ear', file: await file(), stream: true });
      const types: string[] = [];
      for await (const event of stream) types.push(event.type);
      expect(types).toEqual(['transcript.text.delta', 'transcript.text.delta', 'transcript.text.done']);
      const [row] = await admin.traces('model=ear');
      expect(row).toMatchObject({ stream: true, status: 'ok', outputTokens: 2 });
    });

    it.each([
      ['without a file', (form: FormData) => form.delete('file'), 'file'],
      ['with two models', (form: FormData) => form.append('model', 'small'), 'model'],
      ['with a file that is no WAV', (form: FormData) => form.set('file', new File(['no wave'], 'a.wav')), 'file'],
      ['with an empty file', (form: FormData) => form.set('file', new File([], 'a.wav')), 'file'],
    ])('%s are refused, and told where', async (_what, spoil, param) => {
      const form = new FormData();
      form.set('model', 'ear');
      form.set('file', new File([new Uint8Array(recording(100))], 'a.wav', { type: 'audio/wav' }));
      spoil(form);
      const reply = await relay.postTo('/v1/audio/transcriptions', ACME_KEY, form);
      expect(reply.status).toBe(400);
      expect(await reply.json()).toMatchObject({ error: { code: 'invalid_request', param } });
    });

    it.each([
      [
        'a torn form',
        'multipart/form-data; boundary=b',
        '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\near',
      ],
      ['a form without its boundary', 'multipart/form-data', '--b--'],
    ])('of %s are refused', async (_what, contentType, body) => {
      const reply = await relay.postTo('/v1/audio/transcriptions', ACME_KEY, body, { 'content-type': contentType });
      expect([reply.status, ((await reply.json()) as { error: { code: string } }).error.code]).toEqual([
        400,
        'invalid_request',
      ]);
    });

    it('take no JSON, and routes of JSON no form', async () => {
      const form = new FormData();
      form.set('model', 'embed');
      const replies = [
        await relay.postTo('/v1/audio/transcriptions', ACME_KEY, { model: 'ear' }),
        await relay.postTo('/v1/embeddings', ACME_KEY, form),
      ];
      for (const reply of replies) {
        expect(reply.status).toBe(415);
        expect(await reply.json()).toMatchObject({ error: { code: 'unsupported_media_type' } });
      }
    });
  });

  it('older completions stream, with usage where it is asked for', async () => {
    const chunk = (text: string, finish: string | null) =>
      `data: ${JSON.stringify({
        id: 'cmpl-1',
        object: 'text_completion',
        created: 1,
        model: 'up-small',
        choices: [{ text, index: 0, logprobs: null, finish_reason: finish }],
      })}\n\n`;
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const told = `data: ${JSON.stringify({ id: 'cmpl-1', object: 'text_completion', choices: [], usage })}\n\n`;
    upstream.enqueue(sseReply([chunk('Hel', null), chunk('lo', 'stop'), told, 'data: [DONE]\n\n']));
    const asked = { model: 'small', prompt: 'Say hello', stream: true as const };
    const stream = await client.completions.create(asked).withResponse();
    let text = '';
    for await (const { choices } of stream.data) text += choices[0]?.text ?? '';
    expect(text).toBe('Hello');
    expect(lastRequest().path).toBe('/v1/completions');
    expect(lastRequest().json()).toMatchObject({ prompt: 'Say hello', stream_options: { include_usage: true } });
    expect(await traceOf(stream.response)).toMatchObject({
      endpoint: '/v1/completions',
      outputTokens: 2,
      costUsd: '0.000009',
    });
    const again = await client.completions.create({ ...asked, stream_options: { include_usage: true } }).withResponse();
    const chunks = [];
    for await (const each of again.data) chunks.push(each);
    expect(again.response.headers.get('x-relay-cache')).toBe('exact-l1');
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe('Hello');
    expect(chunks.at(-1)?.usage).toMatchObject(usage);
  });

  it('older completions are served by a provider that speaks only chat, but for what chat cannot say', async () => {
    upstream.enqueue(jsonReply(completionJson('Hello there')), sseReply(streamFrames(['Hel', 'lo'])));
    const whole = await client.completions.create({ model: 'talks', prompt: 'Say hello', max_tokens: 9 });
    expect(whole).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello there', finish_reason: 'stop' }],
    });
    expect(lastRequest().path).toBe('/v1/chat/completions');
    expect(lastRequest().json()).toEqual({
      model: 'up-talks',
      messages: [{ role: 'user', content: 'Say hello' }],
      max_tokens: 9,
    });
    let text = '';
    for await (const { choices } of await client.completions.create({ model: 'talks', prompt: 'Hi', stream: true }))
      text += choices[0]?.text ?? '';
    expect(text).toBe('Hello');
    const refusal = await refusalOf(client.completions.create({ model: 'talks', prompt: 'Hi', echo: true }));
    expect([refusal.status, refusal.code, refusal.param]).toEqual([400, 'invalid_request', 'echo']);
  });
});
