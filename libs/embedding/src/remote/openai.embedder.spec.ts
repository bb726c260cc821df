import { embedderSchema } from '@relay/config';
import {
  errorReply,
  FakeClock,
  Gate,
  gatedReply,
  htmlReply,
  jsonReply,
  type RecordedRequest,
  ScriptedUpstream,
  type UpstreamScript,
} from '@relay/testing';
import { OpenaiEmbedder } from './openai.embedder';

const KEY = 'sk-very-secret';
/** The silence after which a call is given up, in ms. */
const CALL_TIMEOUT_MS = 10_000;

const textsOf = (request: RecordedRequest): string[] => request.json()['input'] as string[];

/** Vectors that say how long each text is. */
const vectorsFor = (request: RecordedRequest): UpstreamScript =>
  jsonReply({ data: textsOf(request).map((text, index) => ({ index, embedding: [text.length, 1, 0] })) });

const direction = (length: number): Float32Array => Float32Array.from([length, 1, 0], (x) => x / Math.hypot(length, 1));

describe('the embedder of an OpenAI-compatible server', () => {
  let upstream: ScriptedUpstream;
  let embedder: OpenaiEmbedder;
  const clock = new FakeClock();

  function embedderWith(settings: object = {}): OpenaiEmbedder {
    const config = embedderSchema.parse({
      kind: 'openai',
      baseUrl: upstream.baseUrl,
      model: 'm',
      apiKey: KEY,
      ...settings,
    });
    if (config.kind !== 'openai') throw new Error('another kind');
    return new OpenaiEmbedder(config, clock);
  }

  beforeEach(async () => {
    upstream = await ScriptedUpstream.start(vectorsFor);
    embedder = embedderWith();
  });
  afterEach(async () => {
    await embedder.close();
    await upstream.close();
  });

  it('asks for several texts at once and knows its id from the first answer on', async () => {
    expect(embedder.id).toBeNull();
    expect(await embedder.embed(['a', 'bb'])).toEqual([direction(1), direction(2)]);
    expect(embedder.id).toMatch(/^openai\/m@3\/[0-9a-f]{8}$/);
    const request = await upstream.request();
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v1/embeddings',
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(request.json()).toEqual({ model: 'm', input: ['a', 'bb'], encoding_format: 'base64' });
  });

  it('keeps path and query of the base URL', async () => {
    await embedder.close();
    embedder = embedderWith({ baseUrl: `${upstream.origin}/deployments/e/?api-version=1`, apiKey: undefined });
    await embedder.embed(['a']);
    const request = await upstream.request();
    expect(request.path).toBe('/deployments/e/embeddings?api-version=1');
    expect(request.headers.authorization).toBeUndefined();
  });

  it('asks for the dimensions that are configured, and takes no others', async () => {
    await embedder.close();
    embedder = embedderWith({ dimensions: 8 });
    expect(embedder.id).toMatch(/^openai\/m@8\//);
    await expect(embedder.embed(['a'])).rejects.toThrow('3 dimensions');
    expect((await upstream.request()).json()['dimensions']).toBe(8);
  });

  it('has another id when the server gives other dimensions under the same name', async () => {
    await embedder.embed(['a']);
    upstream.enqueue(jsonReply({ data: [{ index: 0, embedding: [1, 0] }] }));
    await embedder.embed(['b']);
    expect(embedder.id).toMatch(/^openai\/m@2\//);
  });

  it('has another id when another server has a model of the same name, and the same with another key or query', async () => {
    const idOf = async (baseUrl: string, apiKey = KEY): Promise<string | null> => {
      await embedder.close();
      embedder = embedderWith({ baseUrl, apiKey, dimensions: 8 });
      return embedder.id;
    };
    const one = await idOf('https://one.example/v1');
    expect(await idOf('https://one.example/v1/?api-version=2', 'another')).toBe(one);
    expect(await idOf('https://two.example/v1')).not.toBe(one);
    expect(await idOf('https://one.example/deployments/e')).not.toBe(one);
  });

  it('sends together what waits while enough calls are under way', async () => {
    const gate = new Gate();
    upstream.respondWith((request) => gatedReply(gate, vectorsFor(request)));
    const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((text) => embedder.embed([text]));
    await upstream.request(4);
    gate.open();
    await Promise.all(asked);
    expect(upstream.requests.map(textsOf).at(-1)).toEqual(['e', 'f', 'g']);
    expect(upstream.requests).toHaveLength(5);
  });

  it('gives a text that the server refuses no vector, and the others theirs', async () => {
    upstream.respondWith((request) =>
      textsOf(request).includes('bad') ? errorReply(400, 'too long') : vectorsFor(request),
    );
    expect(await embedder.embed(['a', 'bad', 'bb'])).toEqual([direction(1), null, direction(2)]);
  });

  it.each([
    ['a wrong key', errorReply(401, `wrong key ${KEY}`)],
    ['too many requests', errorReply(429, 'slow down')],
    ['a fault', errorReply(500, 'oops')],
    ['a page', htmlReply()],
    ['a redirect', errorReply(302, 'elsewhere', { location: 'http://127.0.0.1:1/' })],
    ['a broken connection', { kind: 'reset' } as const],
    ['an answer for another number of texts', jsonReply({ data: [] })],
    [
      'more bytes than an answer has',
      jsonReply({ data: [{ index: 0, embedding: [1, 0], more: 'x'.repeat(17_000_000) }] }),
    ],
  ])('rejects after %s, without telling the key, and goes on', async (_name, script) => {
    upstream.enqueue(script);
    const error: unknown = await embedder.embed(['a']).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(KEY);
    expect(await embedder.embed(['a'])).toEqual([direction(1)]);
  });

  it('gives up a call that is not answered', async () => {
    upstream.enqueue({ kind: 'silent' });
    const asked = embedder.embed(['a']);
    const request = await upstream.request();
    clock.advance(CALL_TIMEOUT_MS);
    await expect(asked).rejects.toThrow('silent');
    await request.aborted;
    expect(clock.pending).toBe(0);
  });

  it('ends calls that are under way when it is closed', async () => {
    upstream.enqueue({ kind: 'silent' });
    const asked = embedder.embed(['a']);
    const request = await upstream.request();
    await Promise.all([expect(asked).rejects.toThrow('closed'), embedder.close()]);
    await request.aborted;
    await expect(embedder.embed(['b'])).rejects.toThrow('closed');
  });
});
