import { jsonReply, sseReply } from '@relay/testing';
import { jsonObjects } from '@relay/protocols';
import { completed, failed } from '../../testing/call-harness';
import { googleWire } from '../../testing/google-wire';
import { VendorSetup } from '../../testing/vendor-setup';

describe('a provider of kind google', () => {
  let setup: VendorSetup;
  beforeEach(async () => void (setup = await VendorSetup.start(googleWire)));
  afterEach(() => setup.stop());

  it('is asked at the model, with its key in a header', async () => {
    await setup.sent({}, 'gemini-2.5-pro');
    const [request] = setup.upstream.requests;
    expect(request?.path).toBe('/v1/models/gemini-2.5-pro:generateContent');
    expect(request?.headers).toMatchObject({ 'x-goog-api-key': 'upstream-secret' });
  });

  it.each([
    ['gemini-2.5-flash', 'medium', { thinkingBudget: 8_192, includeThoughts: true }],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-3-pro-preview', 'low', { thinkingLevel: 'low', includeThoughts: true }],
  ])('%s asked for %s effort thinks by %p', async (model, effort, thinkingConfig) => {
    const body = await setup.sent({ reasoning_effort: effort }, model);
    expect(body['generationConfig']).toMatchObject({ thinkingConfig });
  });

  it('has its signature of a call back with the result', async () => {
    const { start, calls, end } = googleWire;
    const stream = [start, ...calls([{ id: 'x', name: 'f', input: { a: 1 } }]), ...end('tools')] as string[];
    setup.upstream.enqueue(sseReply(stream));
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const observed = setup.ask({ tools }, { stream: true });
    expect((await completed(observed)).finishReason).toBe('tool_calls');
    expect(Buffer.concat(observed.frames).toString()).toContain(
      '"extra_content":{"google":{"thought_signature":"signed"}}',
    );
    const call = { id: 'x', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', tool_calls: [{ ...call, extra_content: { google: { thought_signature: 'signed' } } }] },
      { role: 'tool', tool_call_id: 'x', content: '2' },
    ];
    const body = await setup.sent({ tools, messages }, 'gemini-3-pro-preview');
    expect(JSON.stringify(body['contents'])).toContain('"thoughtSignature":"signed"');
  });

  it('that does not take the key says 400, which is not the fault of the client', async () => {
    const error = { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' };
    setup.upstream.enqueue(jsonReply({ error }, { status: 400 }));
    expect(await failed(setup.ask())).toMatchObject({
      error: { code: 'upstream_error' },
      retryable: true,
      upstreamStatus: 401,
      passthrough: null,
    });
  });

  it('that blocks an answer ends it as filtered', async () => {
    const candidates = [{ content: { parts: [{ text: 'a' }] }, finishReason: 'SAFETY', index: 0 }];
    setup.upstream.enqueue(jsonReply({ candidates, usageMetadata: { promptTokenCount: 1 } }));
    expect((await completed(setup.ask())).finishReason).toBe('content_filter');
  });

  it('embeds texts in the order in which they came, as floats or in base64', async () => {
    setup.upstream.respondWith((request) =>
      jsonReply({ embeddings: jsonObjects(request.json()['requests']).map((_, i) => ({ values: [i, 0.5] })) }),
    );
    const body = Buffer.from('{"input":["a","b"],"dimensions":2}');
    const floats = await setup.answer({}, { operation: 'embeddings', body, model: 'gemini-embedding-001' });
    expect(floats).toMatchObject({
      object: 'list',
      data: [
        { index: 0, embedding: [0, 0.5] },
        { index: 1, embedding: [1, 0.5] },
      ],
    });
    expect(setup.upstream.requests[0]?.rawBody.toString()).toContain('"outputDimensionality":2');
    const packed = Buffer.from('{"input":["a","b"],"encoding_format":"base64"}');
    const { data } = await setup.answer({}, { operation: 'embeddings', body: packed, model: 'gemini-embedding-001' });
    const bytes = Buffer.from(String(jsonObjects(data)[1]?.['embedding']), 'base64');
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([1, 0.5]);
  });

  it('is not asked for embeddings of token numbers', async () => {
    const { error } = await failed(setup.ask({}, { operation: 'embeddings', body: Buffer.from('{"input":[1,2]}') }));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'input' });
  });
});
