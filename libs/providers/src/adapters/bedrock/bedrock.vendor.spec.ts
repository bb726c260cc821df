import { jsonReply } from '@relay/testing';
import { completed, failed } from '../../testing/call-harness';
import { bedrockWire } from '../../testing/bedrock-wire';
import { VendorSetup } from '../../testing/vendor-setup';

const credentials = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'secret-access-key',
  sessionToken: 'session-token-1',
};

describe('a provider of kind bedrock', () => {
  let setup: VendorSetup;
  const start = async (config?: Record<string, unknown>): Promise<void> =>
    void (setup = await VendorSetup.start(bedrockWire, config));
  afterEach(() => setup.stop());

  it('is asked with a key as a bearer token', async () => {
    await start();
    await setup.sent({}, 'anthropic.claude-sonnet-4-5-20250929-v1:0');
    const [request] = setup.upstream.requests;
    expect(request?.path).toBe('/v1/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse');
    expect(request?.headers.authorization).toBe('Bearer upstream-secret');
  });

  it('is asked by requests that are signed for its region, with credentials', async () => {
    await start({ apiKey: undefined, credentials });
    await setup.sent({}, 'amazon.nova-lite-v1:0');
    const { headers } = await setup.upstream.request();
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
    expect(headers).toMatchObject({ 'x-amz-security-token': 'session-token-1' });
    expect(JSON.stringify(headers)).not.toContain('secret-access-key');
  });

  it('never shows its credentials', async () => {
    await start({ apiKey: undefined, credentials });
    setup.upstream.enqueue(jsonReply({ message: 'no session-token-1 for AKIAEXAMPLE' }, { status: 400 }));
    const { error, passthrough } = await failed(setup.ask());
    expect(`${error.message} ${passthrough?.body.toString()}`).not.toMatch(/session-token-1|AKIAEXAMPLE/);
  });

  it('thinks by a budget with older Claude models, by an effort with others', async () => {
    await start();
    const model = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
    const claude = await setup.sent({ reasoning_effort: 'low', max_tokens: 4_000 }, model);
    expect(JSON.stringify(claude)).toContain('"budget_tokens":1024');
    const nova = await setup.sent({ reasoning_effort: 'low' }, 'amazon.nova-2-lite-v1:0');
    expect(JSON.stringify(nova['additionalModelRequestFields'])).toContain('low');
  });

  it('calls in turn where it is asked to', async () => {
    await start();
    const fields = { tools: [{ type: 'function', function: { name: 'f' } }], parallel_tool_calls: false };
    const body = await setup.sent(fields, 'anthropic.claude-sonnet-4-5-20250929-v1:0');
    expect(JSON.stringify(body)).toContain('"disable_parallel_tool_use":true');
  });

  it('follows no link, nor does it ask Bedrock to: it cannot', async () => {
    await start();
    const link = { type: 'image_url', image_url: { url: 'https://pictures.example/a.png' } };
    const outcome = await failed(setup.ask({ messages: [{ role: 'user', content: [link] }] }));
    expect(outcome).toMatchObject({ error: { code: 'invalid_request' }, retryable: false });
    expect(setup.upstream.requests).toEqual([]);
  });

  it('tells what was read from and written to the prompt cache', async () => {
    await start();
    expect((await completed(setup.ask())).usage).toEqual({
      ...{ inputTokens: 11, cachedInputTokens: 4, cacheWriteTokens: 2, outputTokens: 3, reasoningTokens: 0 },
    });
  });

  it('embeds texts one by one', async () => {
    await start();
    setup.upstream.respondWith((request) =>
      jsonReply({ embedding: [request.json()['inputText'] === 'a' ? 1 : 2], inputTextTokenCount: 3 }),
    );
    const body = Buffer.from('{"input":["a","b"]}');
    const answer = await setup.answer({}, { operation: 'embeddings', body, model: 'amazon.titan-embed-text-v2:0' });
    expect(answer).toMatchObject({ data: [{ embedding: [1] }, { embedding: [2] }], usage: { prompt_tokens: 6 } });
  });

  it('tells what the embedded texts have used when it fails at a later one', async () => {
    await start();
    setup.upstream.respondWith((request) =>
      request.json()['inputText'] === 'c'
        ? jsonReply({ message: 'busy' }, { status: 503 })
        : jsonReply({ embedding: [1], inputTextTokenCount: 3 }),
    );
    const body = Buffer.from('{"input":["a","b","c"]}');
    const outcome = await failed(
      setup.ask({}, { operation: 'embeddings', body, model: 'amazon.titan-embed-text-v2:0' }),
    );
    expect(outcome).toMatchObject({ upstreamStatus: 503, usage: { inputTokens: 6, outputTokens: 0 } });
  });
});
