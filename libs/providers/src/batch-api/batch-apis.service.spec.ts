import type { ProviderConfig } from '@relay/config';
import { systemClock } from '@relay/core';
import type { ProviderRegistry } from '../provider-registry.service';
import { providerConfig } from '../testing/call-harness';
import { BatchApis } from './batch-apis.service';

describe('the batches of providers', () => {
  let providers: ProviderConfig[];
  let apis: BatchApis;
  beforeEach(() => {
    apis = new BatchApis({ providers: () => providers } as unknown as ProviderRegistry, systemClock);
  });
  afterEach(() => apis.onApplicationShutdown());
  const configured = (batchApi: ProviderConfig['batchApi']): void => {
    providers = [providerConfig({ id: 'mock', baseUrl: 'http://127.0.0.1:9', batchApi })];
  };

  it('are those of the configuration in force, one for as long as it stays', () => {
    configured('openai');
    const api = apis.of('mock');
    expect([api?.protocol, apis.of('mock') === api, apis.of('another')]).toEqual(['openai', true, null]);
    configured('anthropic');
    expect(apis.of('mock')?.protocol).toBe('anthropic');
  });

  it('can still be ended when nothing is to be handed in any more', () => {
    configured('off');
    expect([apis.of('mock'), apis.toEnd('mock', 'anthropic')?.protocol]).toEqual([null, 'anthropic']);
    expect([apis.toEnd('mock', null), apis.toEnd('another', 'openai')]).toEqual([null, null]);
  });
});
