import { ConfigStore } from '@relay/config';
import { systemClock } from '@relay/core';
import { neverAnswer, ScriptedUpstream } from '@relay/testing';
import { Logger } from '@nestjs/common';
import { ProviderRegistry } from '../provider-registry.service';
import { modelOf, relayConfig } from '../testing/watched-target';
import { Preheater } from './preheater.service';

describe('Preheater', () => {
  let upstream: ScriptedUpstream;
  let warn: jest.SpyInstance;
  const running: { preheater: Preheater; registry: ProviderRegistry }[] = [];
  beforeEach(async () => {
    upstream = await ScriptedUpstream.start();
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  });
  afterEach(async () => {
    for (const { preheater, registry } of running.splice(0)) {
      preheater.onModuleDestroy();
      await registry.onApplicationShutdown();
    }
    await upstream.close();
    warn.mockRestore();
  });

  const provider = (preheat: object = {}, extra: object = {}): object => ({
    id: 'a',
    kind: 'openai',
    baseUrl: upstream.baseUrl,
    preheat,
    ...extra,
  });
  const models = [modelOf(['a', 'one'], ['a', 'two'])];

  function prepared(providers: object[], its = models) {
    const store = new ConfigStore(relayConfig(providers, its), 'relay.yaml');
    const registry = new ProviderRegistry(store, systemClock);
    const preheater = new Preheater(store, registry);
    running.push({ preheater, registry });
    return { store, registry, preheater };
  }

  const asked = (): string[] =>
    upstream.requests.map(({ method, json }) => (method === 'GET' ? 'list' : String(json()['model'])));

  it('opens a connection at the start, not before', async () => {
    const { preheater } = prepared([provider()]);
    expect(upstream.requests).toEqual([]);
    preheater.onApplicationBootstrap();
    expect(await upstream.request()).toMatchObject({ method: 'GET', path: '/v1/models' });
  });

  it('loads each model once where that is wanted, with one token', async () => {
    prepared(
      [provider({ connections: 0, model: true })],
      [...models, modelOf(['a', 'one'])],
    ).preheater.onApplicationBootstrap();
    const last = await upstream.request(2);
    await last.finished;
    expect(asked().sort()).toEqual(['one', 'two']);
    expect(last.json()).toMatchObject({ max_tokens: 1, messages: [{ role: 'user' }] });
  });

  it('warms after a reload what is new, and nothing else', async () => {
    const { store, preheater } = prepared([provider({ model: true })]);
    preheater.onApplicationBootstrap();
    await upstream.request(3);
    const more = [modelOf(['a', 'one'], ['a', 'two'], ['a', 'three'])];
    store.replace(relayConfig([provider({ model: true })], more));
    await (
      await upstream.request(4)
    ).finished;
    expect(asked().sort()).toEqual(['list', 'one', 'three', 'two']);
    store.replace(relayConfig([provider({}, { apiKey: 'another key' })], more));
    const last = await upstream.request(5);
    expect([last.method, last.headers.authorization]).toEqual(['GET', 'Bearer another key']);
  });

  it('notes a provider that is not there, and goes on with the others', async () => {
    const noted = new Promise((resolve) => warn.mockImplementation(resolve));
    const gone = { id: 'gone', kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1' };
    prepared([gone, provider()]).preheater.onApplicationBootstrap();
    await upstream.request();
    expect(await noted).toBe('not warm: Provider gone refused the connection.');
  });

  it('ends with the process, however long a model takes to load', async () => {
    upstream.enqueue(neverAnswer(), neverAnswer());
    const { preheater, registry } = prepared([provider({ connections: 0, model: true })]);
    preheater.onApplicationBootstrap();
    const request = await upstream.request(2);
    preheater.onModuleDestroy();
    await request.aborted;
    await registry.onApplicationShutdown();
    expect(warn).not.toHaveBeenCalled();
  });

  it('needs no connection to the simulator', () => {
    prepared([{ id: 'sim', kind: 'simulator' }], []).preheater.onApplicationBootstrap();
    expect(warn).not.toHaveBeenCalled();
  });
});
