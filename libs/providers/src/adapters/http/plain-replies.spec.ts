import { gzipSync } from 'node:zlib';
import { systemClock } from '@relay/core';
import { Gate, htmlReply, jsonReply, rawReply, ScriptedUpstream, sseReply, steps } from '@relay/testing';
import type { UpstreamClient, UpstreamRequest } from '../../ports/upstream-client.port';
import { call, completed, failed, providerConfig } from '../../testing/call-harness';
import { createOpenaiClient } from '../openai/openai.adapter';

const BOUNDARY = 'a-boundary';
const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

function formOf(fields: Record<string, string>): Buffer {
  const texts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n\x00\xff\r\n`;
  return Buffer.from(`${texts.join('')}${file}--${BOUNDARY}--\r\n`, 'latin1');
}

describe('HttpUpstreamClient, asked for what is no generated text', () => {
  let upstream: ScriptedUpstream;
  let client: UpstreamClient;

  beforeEach(async () => {
    upstream = await ScriptedUpstream.start();
    client = createOpenaiClient(providerConfig({ baseUrl: upstream.baseUrl }), systemClock);
  });
  afterEach(async () => {
    await upstream.close();
    await client.close();
  });

  describe('forms', () => {
    const transcribe = (fields: Record<string, string>, overrides: Partial<UpstreamRequest> = {}) =>
      call(client, {
        operation: 'audio.transcriptions',
        body: formOf(fields),
        contentType: FORM_TYPE,
        model: 'whisper-1',
        ...overrides,
      });

    it('go on as they came where the model is the same', async () => {
      upstream.enqueue(jsonReply({ text: 'Hi' }));
      await completed(transcribe({ model: 'whisper-1' }));
      const [request] = upstream.requests;
      expect(request?.path).toBe('/v1/audio/transcriptions');
      expect(request?.headers).toMatchObject({ 'content-type': FORM_TYPE, accept: '*/*' });
      expect(request?.rawBody.equals(formOf({ model: 'whisper-1' }))).toBe(true);
    });

    it('are changed in one field where it is not', async () => {
      upstream.enqueue(jsonReply({ text: 'Hi' }), jsonReply({ text: 'Hi' }));
      await completed(transcribe({ model: 'ear', language: 'en' }));
      await completed(transcribe({ language: 'en' }));
      expect(upstream.requests[0]?.rawBody.equals(formOf({ model: 'whisper-1', language: 'en' }))).toBe(true);
      expect(upstream.requests[1]?.rawBody.toString()).toContain('name="model"\r\n\r\nwhisper-1\r\n');
    });

    it('that stream are not asked for options of chat', async () => {
      upstream.enqueue(sseReply(['data: {"type":"transcript.text.done","text":"Hi"}\n\n']));
      const { tail, finishReason } = await completed(
        transcribe({ model: 'whisper-1', stream: 'true' }, { stream: true }),
      );
      expect(upstream.requests[0]?.rawBody.toString()).not.toContain('stream_options');
      expect([tail.toString(), finishReason]).toEqual([
        'data: {"type":"transcript.text.done","text":"Hi"}\n\n',
        'stop',
      ]);
    });

    it('that were to stream may be answered whole: some models do not stream', async () => {
      upstream.enqueue(jsonReply({ text: 'Hi' }));
      const { body, contentType } = await completed(
        transcribe({ model: 'whisper-1', stream: 'true' }, { stream: true }),
      );
      expect([body.toString(), contentType]).toEqual(['{"text":"Hi"}', 'application/json']);
    });

    it.each([
      ['srt', rawReply('1\n{Hi}', 'text/plain')],
      ['vtt', rawReply('WEBVTT', 'text/vtt')],
      ['text', rawReply('Hi', '')],
    ])('are answered by a text where %s is asked for', async (format, script) => {
      upstream.enqueue(script);
      const { body, usage } = await completed(transcribe({ model: 'whisper-1', response_format: format }));
      expect(body.length).toBeGreaterThan(1);
      expect(usage).toBeNull();
    });

    it.each([
      ['a page where JSON is awaited', 'json', htmlReply()],
      ['a text where JSON is awaited', 'verbose_json', rawReply('Hi', 'text/plain')],
      ['a page where a text is awaited', 'srt', htmlReply()],
      ['a page that calls itself a text', 'text', rawReply('\n<!DOCTYPE html><html>', 'text/plain')],
      ['an error with status 200', 'text', jsonReply({ error: { message: 'no' } })],
    ])('answered by %s have failed', async (_what, format, script) => {
      upstream.enqueue(script);
      const { error, retryable } = await failed(transcribe({ model: 'whisper-1', response_format: format }));
      expect([error.code, retryable]).toEqual(['upstream_error', true]);
    });
  });

  describe('speech', () => {
    const asked = {
      operation: 'audio.speech',
      stream: true,
      body: Buffer.from('{"model":"auto","input":"Hi"}'),
    } as const;
    const speak = (overrides: Partial<UpstreamRequest> = {}) => call(client, { ...asked, ...overrides });
    const audio = (body: Parameters<typeof steps>[0]) => steps(body, { headers: { 'content-type': 'audio/mpeg' } });

    it('is handed on as it comes, and what it is before its first byte', async () => {
      const gate = new Gate();
      upstream.enqueue(audio(['\n\nfirst', gate, 'last']));
      const seen: string[] = [];
      const outcome = client.call(
        {
          ...asked,
          ...{ model: 'tts', contentType: 'application/json', patch: {}, clientWantsUsage: false, requestId: 'r' },
          ...{ timeoutMs: 20_000, signal: new AbortController().signal },
        },
        {
          onBytesType: (type) => void seen.push(type),
          onFrames(bytes) {
            seen.push(bytes.toString());
            gate.open();
            return true;
          },
        },
      );
      expect(await outcome).toMatchObject({ kind: 'completed', usage: null, finishReason: 'stop' });
      expect(seen).toEqual(['audio/mpeg', '\n\nfirst', 'last']);
      expect(upstream.requests[0]?.json()).toEqual({ model: 'tts', input: 'Hi' });
    });

    it('is read no further while its reader is slow', async () => {
      const block = Buffer.alloc(1_048_576);
      upstream.enqueue(audio(['first', ...Array.from({ length: 32 }, () => block)]));
      const observed = speak();
      observed.hold();
      await observed.received('first');
      await completed(call(client)); // a whole call in the meantime
      expect(observed.frames).toHaveLength(1);
      observed.resume();
      await completed(observed);
      expect(Buffer.concat(observed.frames)).toHaveLength(5 + 32 * block.length);
    });

    it('ends at the upstream when it is aborted', async () => {
      upstream.enqueue(audio(['first', 'STALL']));
      const observed = speak();
      await observed.received('first');
      observed.abort.abort();
      expect(await failed(observed)).toMatchObject({ started: true, retryable: false });
      await (
        await upstream.request()
      ).aborted;
    });

    it('that is cut off has failed, and nobody else is asked', async () => {
      upstream.enqueue(audio(['first', 'CUT']));
      expect(await failed(speak())).toMatchObject({ started: true, retryable: false });
    });

    it('may come as events, which tell its usage', async () => {
      const usage = { input_tokens: 4, output_tokens: 9, total_tokens: 13 };
      const done = `data: ${JSON.stringify({ type: 'speech.audio.done', usage })}\n\n`;
      upstream.enqueue(sseReply(['data: {"type":"speech.audio.delta","audio":"AA"}\n\n', done]));
      expect(await completed(speak())).toMatchObject({
        usage: { inputTokens: 4, outputTokens: 9 },
        tail: Buffer.from(done),
      });
    });

    it.each([
      ['a page', htmlReply(), 'something else than a recording'],
      ['JSON', jsonReply({ audio: 'AA' }), 'something else than a recording'],
      ['an error with status 200', jsonReply({ error: { message: 'no voice' } }), 'no voice'],
      ['nothing', rawReply('', 'audio/mpeg'), 'empty'],
      [
        'compressed sound',
        rawReply(gzipSync('x'), 'audio/wav', { headers: { 'content-encoding': 'gzip' } }),
        'something else than a recording',
      ],
    ])('answered by %s has failed, and somebody else may be asked', async (_what, script, said) => {
      upstream.enqueue(script);
      const { error, retryable, started } = await failed(speak());
      expect([error.code, retryable, started]).toEqual(['upstream_error', true, false]);
      expect(error.message).toContain(said);
    });
  });
});
