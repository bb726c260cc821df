import type { Operation } from '@relay/contracts';
import { jsonReply, ScriptedUpstream } from '@relay/testing';
import { completed, failure } from '../../test/outcomes';
import { PipelineHarness } from '../../test/pipeline-harness';
import type { RecordingReply, Script } from '../../test/recorders';

const ALICE = 'alice@example.com';
const FORM_TYPE = 'multipart/form-data; boundary=b';
const SOUND = Buffer.from([0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x41, 0x56, 0x45, 0xff, 0x00]); // RIFF....WAVE
const PRICED = {
  models: [
    {
      id: 'm',
      targets: [{ provider: 'a', model: 'up-a' }],
      price: { inputPerMTok: 1, outputPerMTok: 10 },
    },
  ],
};
const ONCE = { defaults: { retries: { maxAttempts: 1 } }, ...PRICED };

interface Asked {
  readonly operation: Operation;
  readonly body: Buffer | object;
  readonly contentType?: string;
  readonly headers?: Record<string, string>;
}

function formOf(fields: Record<string, string>, filename = 'a.wav'): Buffer {
  const head = (more: string): string => `--b\r\ncontent-disposition: form-data; ${more}\r\n\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${head(`name="${name}"`)}${value}\r\n`);
  const file = head(`name="file"; filename="${filename}"`);
  return Buffer.concat([Buffer.from(texts.join('') + file), SOUND, Buffer.from('\r\n--b--\r\n')]);
}

describe('what is asked for beside generated text', () => {
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  const ask = async ({ operation, body, contentType = 'application/json', headers = {} }: Asked) => {
    const exchange = {
      ...relay.exchange({ headers: { ...headers, 'content-type': contentType } }),
      operation,
      body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    };
    await relay.service.complete(exchange);
    return exchange.reply;
  };
  const transcribe = (fields: Record<string, string>, headers = {}): Promise<RecordingReply> =>
    ask({
      operation: 'audio.transcriptions',
      body: formOf({ model: 'm', ...fields }),
      contentType: FORM_TYPE,
      headers,
    });
  const row = () => {
    const record = relay.recorder.records.at(-1);
    if (!record) throw new Error('nothing was recorded');
    return record;
  };
  const answers = (body: object | string, contentType = 'application/json', usage: object | null = null): Script => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return () => Promise.resolve(completed({ body: bytes, contentType, usage: usage as never }));
  };

  describe('forms', () => {
    it('reach the provider as they came', async () => {
      relay = await PipelineHarness.start(ONCE);
      const { calls } = relay.providers.script('a', answers({ text: 'Hi' }));
      await transcribe({ prompt: ALICE });
      expect(calls[0]).toMatchObject({ operation: 'audio.transcriptions', contentType: FORM_TYPE, stream: false });
      expect(calls[0]?.body.equals(formOf({ model: 'm', prompt: ALICE }))).toBe(true);
      expect(calls[0]?.patch).toEqual({ model: 'up-a' });
    });

    it('are redacted in their texts and in the names of their files, and keep the bytes of these', async () => {
      relay = await PipelineHarness.start({
        ...ONCE,
        defaults: { ...ONCE.defaults, guards: { pii: { action: 'redact' } }, payloadLogging: true },
      });
      const { calls } = relay.providers.script('a', answers({ text: 'Hi' }));
      const body = formOf({ model: 'm', prompt: `I am ${ALICE}` }, `${ALICE}.wav`);
      await ask({ operation: 'audio.transcriptions', body, contentType: FORM_TYPE });
      const sent = calls[0]?.body ?? Buffer.alloc(0);
      expect(sent.toString('latin1')).not.toContain(ALICE);
      expect(sent.toString('latin1')).toContain('I am [EMAIL_1]\r\n--b');
      expect(sent.includes(SOUND)).toBe(true);
      expect(JSON.stringify(relay.recorder)).not.toContain(ALICE);
    });

    it('are blocked for what their texts hold', async () => {
      relay = await PipelineHarness.start({ ...ONCE, defaults: { guards: { pii: { action: 'block' } } } });
      const { calls } = relay.providers.script('a');
      const reply = await transcribe({ prompt: `I am ${ALICE}` });
      expect([reply.status, calls.length]).toEqual([400, 0]);
      expect(reply.json).toMatchObject({ error: { code: 'content_blocked' } });
    });

    it('are kept with the trace as their fields, never with the bytes of their files', async () => {
      relay = await PipelineHarness.start({ ...ONCE, defaults: { ...ONCE.defaults, payloadLogging: true } });
      relay.providers.script('a', answers({ text: 'Hi' }));
      await transcribe({ language: 'en' });
      expect(JSON.parse(relay.recorder.payloads.at(-1)?.request ?? '')).toEqual({
        model: 'm',
        language: 'en',
        file: { filename: 'a.wav', contentType: '', bytes: SOUND.length },
      });
    });
  });

  describe('costs', () => {
    let upstream: ScriptedUpstream;
    beforeEach(async () => {
      upstream = await ScriptedUpstream.start();
      relay = await PipelineHarness.start({ ...ONCE, upstreams: [upstream.baseUrl] });
    });
    afterEach(() => upstream.close());

    it('of images and recordings without usage are unknown, not zero, and nothing is counted', async () => {
      upstream.enqueue(jsonReply({ text: 'A long transcript of many words' }));
      await transcribe({ prompt: 'Names' });
      expect(row()).toMatchObject({ status: 'ok', costUsd: null, inputTokens: null, outputTokens: null });
    });

    it('are what the provider tells where it tells usage', async () => {
      upstream.enqueue(jsonReply({ text: 'Hi', usage: { type: 'tokens', input_tokens: 100, output_tokens: 10 } }));
      await transcribe({});
      expect(row()).toMatchObject({ costUsd: '0.0002', usageEstimated: false });
    });

    it('of embeddings are estimated by what was read, with nothing of the chat format around it', async () => {
      upstream.respondWith(() => jsonReply({ object: 'list', data: [] }));
      await ask({ operation: 'embeddings', body: { model: 'm', input: ['Hello', 'Hello'] } });
      expect(row()).toMatchObject({ inputTokens: 2, outputTokens: 0, costUsd: '0.000002', usageEstimated: true });
      await ask({ operation: 'embeddings', body: { model: 'm', input: [[7, 8], [9]] } });
      expect(row()).toMatchObject({ inputTokens: 3, outputTokens: 0, usageEstimated: true });
    });
  });

  it('embeddings are served from the cache, images and recordings never', async () => {
    relay = await PipelineHarness.start(ONCE);
    const { calls } = relay.providers.script(
      'a',
      answers({ object: 'list', data: [] }),
      answers({ data: [] }),
      answers({ data: [] }),
    );
    const embed = { operation: 'embeddings', body: { model: 'm', input: 'Hi' } } as const;
    const draw = { operation: 'images.generations', body: { model: 'm', prompt: 'Hi' } } as const;
    for (const asked of [embed, embed, draw, draw]) await ask(asked);
    expect(relay.recorder.records.map(({ cache }) => cache)).toEqual(['miss', 'exact-l1', 'bypass', 'bypass']);
    expect(calls).toHaveLength(3);
  });

  it('a transcript that was to stream and comes whole goes out whole', async () => {
    relay = await PipelineHarness.start(ONCE);
    const { calls } = relay.providers.script('a', answers({ text: 'Hi' }));
    const reply = await transcribe({ stream: 'true' });
    expect(calls[0]?.stream).toBe(true);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.json).toEqual({ text: 'Hi' });
    expect(row()).toMatchObject({ status: 'ok', stream: false });
  });

  it('a guard that answers for what leaves lets no text pass as tokens, which it cannot read', async () => {
    relay = await PipelineHarness.start({ ...ONCE, defaults: { guards: { pii: { action: 'redact' } } } });
    const { calls } = relay.providers.script('a');
    const reply = await ask({ operation: 'embeddings', body: { model: 'm', input: [15339, 11] } });
    expect(reply.json).toMatchObject({ error: { code: 'content_blocked' } });
    expect(calls).toHaveLength(0);
  });

  it('a text goes out as it is, also where the plan is asked for', async () => {
    relay = await PipelineHarness.start(ONCE);
    relay.providers.script('a', answers('1\n{Hi}', 'text/plain; charset=utf-8'));
    const reply = await transcribe({ response_format: 'srt' }, { 'x-relay-explain': '1' });
    expect(reply.text).toBe('1\n{Hi}');
    expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  describe('speech', () => {
    const speak = () => ask({ operation: 'audio.speech', body: { model: 'm', input: `Hi ${ALICE}`, voice: 'x' } });
    const sounds =
      (ends: boolean): Script =>
      (_request, observer) => {
        observer.onBytesType?.('audio/mpeg');
        for (const bytes of [SOUND, Buffer.from('data: [EMAIL_1]')]) observer.onFrames(bytes, () => undefined);
        const cut = failure({ started: true, retryable: false });
        return Promise.resolve(ends ? completed({ body: Buffer.alloc(0), usage: null }) : cut);
      };

    it('is sent under the type that it has, byte by byte, also past a guard that puts originals back', async () => {
      relay = await PipelineHarness.start({
        ...ONCE,
        defaults: { ...ONCE.defaults, guards: { pii: { action: 'redact', restore: true } } },
      });
      relay.providers.script('a', sounds(true));
      const reply = await speak();
      expect(reply.headers).toMatchObject({ 'content-type': 'audio/mpeg' });
      expect(reply.headers['cache-control']).toBeUndefined();
      expect(Buffer.concat(reply.chunks).equals(Buffer.concat([SOUND, Buffer.from('data: [EMAIL_1]')]))).toBe(true);
      expect(relay.journal.slice(-2)).toEqual(['record', 'last byte']);
      expect(row()).toMatchObject({ status: 'ok', stream: true, costUsd: null, outputTokens: null });
    });

    it('that breaks off is given up, with a trace that says so and no word among the sound', async () => {
      relay = await PipelineHarness.start(ONCE);
      relay.providers.script('a', sounds(false));
      const reply = await speak();
      expect(reply.text).not.toContain('error');
      expect(relay.journal.at(-1)).toBe('abandoned');
      expect(row()).toMatchObject({ status: 'error', costUsd: null, outputTokens: null });
    });
  });

  it('a cascade, which judges words, takes the first answer', async () => {
    const upstream = await ScriptedUpstream.start(() => jsonReply({ object: 'list', data: [] }));
    const cascade = { accept: 'answer.chars > 5', maxSteps: 2 };
    const models = ['small', 'large'].map((id, i) => ({
      id,
      operations: ['embeddings'],
      targets: [{ provider: 'ab'[i], model: `up-${id}` }],
    }));
    relay = await PipelineHarness.start({
      defaults: { route: { strategy: 'cascade', candidates: ['small', 'large'], cascade } },
      models,
      upstreams: [upstream.baseUrl, upstream.baseUrl],
    });
    const reply = await ask({ operation: 'embeddings', body: { model: 'auto', input: 'Hi' } });
    await upstream.close();
    expect(reply.status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
    expect(row().stages.find(([name]) => name === 'cascade')?.[3]).toEqual({ skipped: 'operation' });
  });
});
