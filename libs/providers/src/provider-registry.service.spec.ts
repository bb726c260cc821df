import { ConfigInvalidError, ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { CLOCK, systemClock } from '@relay/core';
import { completionJson, Gate, gatedReply, jsonReply, ScriptedUpstream } from '@relay/testing';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { UPSTREAM_FACTORIES } from './adapters/upstream-factories';
import { ProviderRegistry } from './provider-registry.service';
import { ProvidersModule } from './providers.module';
import { call, completed } from './testing/call-harness';

const policy = policyDocumentSchema.parse({ name: 'p', version: 1 });

function config(providers: unknown[], models: unknown[] = []): RelayConfig {
  return { ...relayConfigSchema.parse({ providers, models }), policy };
}

describe('ProviderRegistry', () => {
  let upstream: ScriptedUpstream;
  beforeEach(async () => void (upstream = await ScriptedUpstream.start()));
  afterEach(() => upstream.close());

  const provider = (extra: Record<string, unknown> = {}) => ({
    id: 'a',
    kind: 'openai',
    baseUrl: upstream.baseUrl,
    ...extra,
  });
  const model = { id: 'm', targets: [{ provider: 'a', model: 'up' }] };

  it('is wired by its module and knows providers and models', async () => {
    const store = new ConfigStore(
      config([provider(), { id: 's', kind: 'simulator' }, { id: 'g', kind: 'groq' }], [model]),
      'relay.yaml',
    );
    @Global()
    @Module({
      providers: [
        { provide: ConfigStore, useValue: store },
        { provide: CLOCK, useValue: systemClock },
        { provide: getDataSourceToken(), useValue: { query: () => Promise.resolve([]) } }, // no overrides
      ],
      exports: [ConfigStore, CLOCK, getDataSourceToken()],
    })
    class SharedModule {}
    @Module({ imports: [SharedModule, ProvidersModule] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    const registry = app.get(ProviderRegistry);
    expect(registry.providers().map(({ id }) => [id, registry.client(id)?.kind])).toEqual([
      ['a', 'openai'],
      ['s', 'simulator'],
      ['g', 'groq'],
    ]);
    expect(registry.model('m')?.targets[0]?.model).toBe('up');
    expect(registry.models()).toHaveLength(1);
    expect([registry.client('none'), registry.model('none')]).toEqual([undefined, undefined]);
    await app.close();
  });

  it('on a reload keeps what did not change, replaces what did, and lets calls in flight end', async () => {
    const store = new ConfigStore(config([provider(), provider({ id: 'b' })]), 'relay.yaml');
    const registry = new ProviderRegistry(store, systemClock);
    const [a, b] = [registry.client('a'), registry.client('b')];
    if (!a || !b) throw new Error('no clients');
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('late'))));
    const inFlight = call(a);
    await upstream.request();
    expect(store.replace(config([provider({ apiKey: 'new-key' }), provider({ id: 'b' })], [model]))).toEqual([]);
    expect(registry.client('a')).not.toBe(a);
    expect(registry.client('b')).toBe(b);
    gate.open();
    expect((await completed(inFlight)).status).toBe(200);
    await completed(call(registry.client('a') ?? a));
    expect(upstream.requests[1]?.headers.authorization).toBe('Bearer new-key');
    await registry.onApplicationShutdown();
  });

  it('builds clients when it prepares and closes those that were never put into force', () => {
    const store = new ConfigStore(config([{ id: 's', kind: 'simulator' }]), 'relay.yaml');
    const registry = new ProviderRegistry(store, systemClock);
    const old = registry.client('s');
    const createClient = UPSTREAM_FACTORIES.openai;
    const closed: string[] = [];
    const build = jest.spyOn(UPSTREAM_FACTORIES, 'openai').mockImplementation((provider, clock) => {
      const client = createClient(provider, clock);
      const close = client.close.bind(client);
      return Object.assign(client, { close: () => (closed.push(provider.id), close()) });
    });
    try {
      registry.prepare(config([provider({ id: 'given-up' })]));
      expect([build.mock.calls.length, registry.client('s'), closed]).toEqual([1, old, []]);
      const next = registry.prepare(config([provider({ id: 'next' })]));
      expect([build.mock.calls.length, registry.client('s'), closed]).toEqual([2, old, ['given-up']]);
      build.mockImplementation(() => {
        throw new Error('too late to build');
      });
      next.apply();
      expect(registry.client('next')).toBeDefined();
      expect(registry.client('s')).toBeUndefined();
      expect(registry.prepare(config([provider({ id: 'next' })])).problems).toEqual([]); // nothing new to build
      expect(closed).toEqual(['given-up']);
    } finally {
      build.mockRestore();
    }
  });

  it('refuses what it could not serve and stays as it was', () => {
    const bad = config([
      { id: 'a', kind: 'openai' },
      provider({ id: 'b', headers: { Connection: 'x', ok: 'a\r\nb', fine: 'yes' } }),
    ]);
    expect(() => new ProviderRegistry(new ConfigStore(bad, 'relay.yaml'), systemClock)).toThrow(ConfigInvalidError);
    const store = new ConfigStore(config([{ id: 's', kind: 'simulator' }]), 'relay.yaml');
    const registry = new ProviderRegistry(store, systemClock);
    expect(store.replace(bad).map(({ path }) => path)).toEqual([
      'providers[0].baseUrl',
      'providers[1].headers.Connection',
      'providers[1].headers.ok',
    ]);
    expect(registry.client('s')).toBeDefined();
  });
});
