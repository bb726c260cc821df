import { providerPageSchema } from '@relay/contracts';
import { RelayError, systemClock } from '@relay/core';
import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import {
  Prices,
  type ProviderOverrides,
  ProviderRegistry,
  TargetMonitor,
  type UpstreamOutcome,
} from '@relay/providers';
import { policyDocumentSchema } from '@relay/contracts';
import { ProviderViews } from './provider-views.service';

const config: RelayConfig = {
  ...relayConfigSchema.parse({
    providers: [
      { id: 'far', kind: 'openai', baseUrl: 'https://me:pw@llm.example/v1?key=1', apiKey: 'a-key', region: 'us-east' },
      { id: 'sim', kind: 'simulator' },
      { id: 'keys', kind: 'groq', apiKeys: [{ value: 'first-secret' }, { value: 'second-secret' }] },
    ],
    models: [
      { id: 'small', targets: [{ provider: 'far', model: 'up' }], price: { inputPerMTok: 1, outputPerMTok: 2 } },
      { id: 'big', targets: [{ provider: 'far', model: 'up' }] },
    ],
    server: { region: 'eu-west' },
  }),
  policy: policyDocumentSchema.parse({ name: 'p', version: 1 }),
};

const badKey: UpstreamOutcome = {
  kind: 'failed',
  error: new RelayError('upstream_error', 'Provider far did not accept the relay’s credentials (401).'),
  retryable: true,
  started: false,
  upstreamStatus: 401,
  passthrough: null,
  retryAfterMs: null,
  usage: null,
};

describe('ProviderViews', () => {
  const store = new ConfigStore(config, 'relay.yaml');
  const registry = new ProviderRegistry(store, systemClock);
  const monitor = new TargetMonitor(store, registry, systemClock);
  const views = new ProviderViews(
    store,
    registry,
    monitor,
    { of: () => null } as unknown as ProviderOverrides,
    new Prices(store),
  );
  afterAll(() => registry.onApplicationShutdown());

  it('tell where a provider is and how its targets do, but no secret', async () => {
    await monitor.call('far', 'up', () => Promise.resolve(badKey));
    const page = providerPageSchema.parse(views.page());
    expect(page).toMatchObject({
      region: 'eu-west',
      data: [
        {
          id: 'far',
          kind: 'openai',
          region: 'us-east',
          baseUrl: 'https://llm.example/v1',
          limits: { concurrency: 256, requestsPerMinute: null },
          targets: [
            {
              upstreamModel: 'up',
              models: ['small', 'big'],
              prices: [
                {
                  ...{ model: 'small', matched: null, version: expect.stringMatching(/^relay\.yaml#/) },
                  price: { inputPerMTok: 1, outputPerMTok: 2, currency: 'USD' },
                },
              ],
              breaker: 'open',
              reason: 'credentials',
              openUntil: expect.stringMatching(/Z$/),
              errorRate: 1,
              lastError: { code: 'upstream_error', upstreamStatus: 401 },
            },
          ],
        },
        { id: 'sim', baseUrl: null, region: null, keys: null, targets: [] },
        { id: 'keys', keys: { total: 2, inService: 2, refused: 0, limited: 0 } },
      ],
    });
    expect(JSON.stringify(page)).not.toMatch(/a-key|pw|key=1|-secret/);
  });

  it('know one provider by its name', () => {
    expect(views.one('far').targets).toMatchObject([{ upstreamModel: 'up', override: null }]);
    expect(() => views.one('none')).toThrow('There is no such provider.');
  });
});
