import { Logger } from '@nestjs/common';
import { ConfigStore, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import {
  errorReply,
  FakeClock,
  Gate,
  gatedReply,
  jsonReply,
  type RecordedRequest,
  ScriptedUpstream,
  type UpstreamScript,
} from '@relay/testing';
import { EmbeddingService } from './embedding.service';

const OWNER = 't:acme';
const TIMEOUT_MS = 500;
const PAUSE_MS = 1_000;

const textsOf = (request: RecordedRequest): string[] => request.json()['input'] as string[];

/** Vectors that say how long each text is. */
const vectorsFor = (request: RecordedRequest, dimensions = 3): UpstreamScript => {
  const rest = Array<number>(dimensions - 1).fill(1);
  return jsonReply({ data: textsOf(request).map((text, index) => ({ index, embedding: [text.length, ...rest] })) });
};

describe('the embedding service', () => {
  let upstream: ScriptedUpstream;
  let clock: FakeClock;
  let store: ConfigStore;
  let service: EmbeddingService;

  const configWith = (embedder: object): RelayConfig => ({
    ...relayConfigSchema.parse({
      embedder: 'kind' in embedder ? embedder : { kind: 'openai', baseUrl: upstream.baseUrl, model: 'm', ...embedder },
    }),
    policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
  });
  const start = (embedder: object = {}): EmbeddingService => {
    store = new ConfigStore(configWith(embedder), '/etc/relay/relay.yaml');
    service = new EmbeddingService(store, clock, { RELAY_DATA_DIR: '/nowhere' });
    return service;
  };
  /** A gate before all answers to come. */
  const hold = (): Gate => {
    const gate = new Gate();
    upstream.respondWith((request) => gatedReply(gate, vectorsFor(request)));
    return gate;
  };

  beforeEach(async () => {
    Logger.overrideLogger(false);
    clock = new FakeClock();
    upstream = await ScriptedUpstream.start(vectorsFor);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await service.onApplicationShutdown();
    await upstream.close();
  });

  it('asks nobody before its first text, and knows its id with the first vector', async () => {
    start();
    expect(service.id).toBeNull();
    expect(await service.embed('hello', OWNER)).toHaveLength(3);
    expect(service.id).toMatch(/^openai\/m@3\//);
  });

  it('embeds a text once, and no more texts are kept than configured', async () => {
    start({ cacheEntries: 2 });
    const first = await service.embed('a', OWNER);
    expect(await service.embed('a', OWNER)).toBe(first);
    await service.embed('b', OWNER);
    await service.embed('c', OWNER);
    expect(await service.embed('a', OWNER)).toEqual(first);
    expect(upstream.requests.map(textsOf)).toEqual([['a'], ['b'], ['c'], ['a']]);
    expect(service.stats()).toMatchObject({ calls: 5, cacheHits: 1 });
  });

  it('keeps the vectors of one owner from another, who could tell by the time that a text was asked', async () => {
    start();
    await service.embed('a', OWNER);
    await service.embed('a', 't:other');
    expect(upstream.requests.map(textsOf)).toEqual([['a'], ['a']]);
    await Promise.all([service.embed('b', OWNER), service.embed('b', 't:other')]);
    expect(upstream.requests.flatMap(textsOf)).toEqual(['a', 'a', 'b', 'b']);
    expect(service.stats()).toMatchObject({ calls: 4, cacheHits: 0 });
  });

  it('is left alone for a moment when it lets several wait in vain, so that no others wait', async () => {
    start();
    hold();
    for (const text of ['a', 'b', 'c']) {
      const waiting = service.embed(text, OWNER);
      clock.advance(TIMEOUT_MS);
      expect(await waiting).toBeNull();
    }
    expect(await service.embed('d', OWNER)).toBeNull(); // no time passes
    expect(service.stats()).toMatchObject({ timeouts: 3, failures: 1 });
  });

  it('asks once for equal texts that are wanted at the same time', async () => {
    start();
    const gate = hold();
    const asked = [service.embed('a', OWNER), service.embed('a', OWNER), service.embed('a', OWNER)];
    await upstream.request();
    expect(service.stats().queue).toBe(1);
    gate.open();
    const [vector, ...others] = await Promise.all(asked);
    expect(vector).toHaveLength(3);
    for (const other of others) expect(other).toBe(vector);
    expect(upstream.requests).toHaveLength(1);
  });

  it('gives up a vector that is late, and has it the next time', async () => {
    start({ timeoutMs: TIMEOUT_MS });
    const gate = hold();
    const asked = service.embed('a', OWNER);
    const patient = service.embed('a', OWNER, TIMEOUT_MS + 1);
    await upstream.request();
    clock.advance(TIMEOUT_MS);
    expect(await asked).toBeNull();
    gate.open();
    expect(await patient).toHaveLength(3);
    expect(await service.embed('a', OWNER)).toHaveLength(3);
    expect(upstream.requests).toHaveLength(1);
    expect(service.stats()).toMatchObject({ calls: 3, timeouts: 1, cacheHits: 1, failures: 0 });
  });

  it('gives no vector to nothing, nor to more than any embedder reads', async () => {
    start();
    for (const text of ['', ' \n', 'x'.repeat(16_001)]) expect(await service.embed(text, OWNER)).toBeNull();
    expect(upstream.requests).toHaveLength(0);
    expect(service.stats()).toMatchObject({ calls: 3, unfit: 3, failures: 0 });
  });

  it('leaves an embedder alone for a second that failed three times in a row, and says so once', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn');
    start();
    upstream.respondWith(() => errorReply(500, 'oops'));
    for (const text of ['a', 'b', 'c', 'd']) expect(await service.embed(text, OWNER)).toBeNull();
    expect(upstream.requests).toHaveLength(3);
    expect(service.stats()).toMatchObject({ calls: 4, failures: 4 });
    expect(warned).toHaveBeenCalledTimes(1);
    clock.advance(PAUSE_MS);
    upstream.respondWith(vectorsFor);
    expect(await service.embed('e', OWNER)).toHaveLength(3);
    upstream.enqueue(errorReply(500, 'oops'));
    expect(await service.embed('f', OWNER)).toBeNull(); // the first one of another row
    expect(await service.embed('g', OWNER)).toHaveLength(3);
  });

  it('starts an embedder of this process ahead of need, and says that it is starting to those who are too early', async () => {
    const [warned, told] = [jest.spyOn(Logger.prototype, 'warn'), jest.spyOn(Logger.prototype, 'log')];
    start({ kind: 'builtin', timeoutMs: TIMEOUT_MS });
    expect(service.stats().queue).toBe(0);
    service.keepReady(true);
    expect(service.stats().queue).toBe(1);
    const early = service.embed('hello', OWNER);
    const patient = service.embed('hello', OWNER, 60 * TIMEOUT_MS);
    clock.advance(TIMEOUT_MS);
    expect(await early).toBeNull();
    expect(await patient).toHaveLength(512);
    expect(told.mock.calls.flat().join()).toContain('The embedder is starting');
    expect(warned).not.toHaveBeenCalled();
    store.replace(configWith({ kind: 'builtin', cacheEntries: 1 }));
    expect(service.stats()).toMatchObject({ queue: 0, failures: 0 });
  });

  it('asks no embedder elsewhere ahead of need', () => {
    start();
    service.keepReady(true);
    expect(service.stats().queue).toBe(0);
  });

  it('embeds many texts for background work, without those that are unfit', async () => {
    start();
    const texts = Array.from({ length: 20 }, (_, index) => 'x'.repeat(index));
    const vectors = await service.embedAll(texts);
    expect(vectors.map((vector) => vector && Math.round((vector[0] ?? 0) / (vector[1] ?? 0)))).toEqual(
      texts.map((text) => text.length || null),
    );
    expect(Math.max(...upstream.requests.map((request) => textsOf(request).length))).toBe(8);
  });

  it('rejects background work that fails or is given up', async () => {
    start();
    upstream.enqueue(errorReply(500, 'oops'));
    await expect(service.embedAll(['a'])).rejects.toThrow('500');
    await expect(service.embedAll(['a'], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('embeds a long text as the mean of its pieces, in one call', async () => {
    start();
    const passage = 'word '.repeat(200);
    expect(await service.embedPassage(passage)).toHaveLength(3);
    const [sent] = upstream.requests.map(textsOf);
    expect(sent?.join(' ')).toBe(passage.trim());
    expect(sent?.map(({ length }) => length)).toEqual([399, 399, 199]);
    expect(await service.embedPassage(passage)).toHaveLength(3);
    expect(upstream.requests).toHaveLength(1); // an answer is compared again and again
  });

  it('embeds a question while many passages wait, of which it embeds a few at a time', async () => {
    start();
    const gate = hold();
    const passages = Array.from({ length: 8 }, (_, index) => service.embedPassage('word '.repeat(640 + index)));
    await upstream.request();
    const question = service.embed('a', OWNER);
    expect(textsOf(await upstream.request(2))).toEqual(['a']);
    expect(upstream.requests).toHaveLength(2);
    gate.open();
    expect(await question).toHaveLength(3);
    for (const vector of await Promise.all(passages)) expect(vector).toHaveLength(3);
  });

  it('gives up the pieces of a passage that is late', async () => {
    start();
    const gate = hold();
    const first = service.embedPassage('first', TIMEOUT_MS + 1);
    await upstream.request();
    const late = service.embedPassage('late', TIMEOUT_MS);
    clock.advance(TIMEOUT_MS);
    expect(await late).toBeNull();
    gate.open();
    expect(await first).toHaveLength(3);
    expect(await service.embedPassage('last')).toHaveLength(3);
    expect(upstream.requests.flatMap(textsOf)).toEqual(['first', 'last']);
  });

  it('gives a passage no vector that is empty, late or failed', async () => {
    start({ timeoutMs: TIMEOUT_MS });
    expect(await service.embedPassage(' ')).toBeNull();
    upstream.enqueue(errorReply(500, 'oops'));
    expect(await service.embedPassage('a')).toBeNull();
    const gate = hold();
    const asked = service.embedPassage('a');
    await upstream.request(2);
    clock.advance(TIMEOUT_MS);
    expect(await asked).toBeNull();
    gate.open();
    expect(service.stats()).toMatchObject({ calls: 3, unfit: 1, failures: 1, timeouts: 1 });
  });

  it('does not compare vectors of before with those of a server that gives other dimensions', async () => {
    start();
    await service.embed('a', OWNER);
    upstream.respondWith((request) => vectorsFor(request, 4));
    expect(await service.embed('b', OWNER)).toHaveLength(4);
    expect(service.id).toMatch(/^openai\/m@4\//);
    expect(await service.embed('a', OWNER)).toHaveLength(4);
  });

  describe('after a reload', () => {
    it('uses the embedder that is configured then, and gives nobody a vector of the one before', async () => {
      start();
      const gate = hold();
      const asked = service.embed('a', OWNER);
      await upstream.request();
      expect(store.replace(configWith({ model: 'other' }))).toEqual([]);
      expect(await asked).toBeNull();
      gate.open();
      expect(service.id).toBeNull();
      expect(await service.embed('a', OWNER)).toHaveLength(3);
      expect(service.id).toMatch(/^openai\/other@3\//);
    });

    it('keeps embedder and vectors if only limits were changed', async () => {
      start({ cacheEntries: 10 });
      await service.embed('a', OWNER);
      const b = await service.embed('b', OWNER);
      store.replace(configWith({ cacheEntries: 1, timeoutMs: 20 }));
      expect(service.id).toMatch(/^openai\/m@3\//);
      expect(await service.embed('b', OWNER)).toBe(b);
      const gate = hold();
      const asked = service.embed('a', OWNER);
      await upstream.request(3);
      clock.advance(20);
      expect(await asked).toBeNull();
      gate.open();
    });

    it('stays as it is if the change names a model that is not there', async () => {
      start();
      const problems = store.replace(configWith({ kind: 'onnx', model: '/no/such/folder' }));
      expect(problems).toMatchObject([
        { file: '/etc/relay/relay.yaml', path: expect.stringMatching(/^embedder\./) as string },
      ]);
      expect(await service.embed('a', OWNER)).toHaveLength(3);
    });
  });

  it('gives nothing once it is shut down', async () => {
    start();
    upstream.enqueue({ kind: 'silent' });
    const asked = service.embed('a', OWNER);
    await upstream.request();
    await service.onApplicationShutdown();
    expect(await asked).toBeNull();
    expect(await service.embed('b', OWNER)).toBeNull();
    expect(clock.pending).toBe(0);
  });
});
