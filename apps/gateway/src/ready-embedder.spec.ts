import { ConfigStore, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { EmbeddingService } from '@relay/embedding';
import { PolicyService } from '@relay/policy';
import { FakeClock } from '@relay/testing';
import { ReadyEmbedder } from './ready-embedder';

const configOf = (mode: string): RelayConfig => ({
  ...relayConfigSchema.parse({ embedder: { kind: 'builtin' } }),
  policy: policyDocumentSchema.parse({ name: 'test', version: 1, defaults: { cache: { semantic: { mode } } } }),
});

describe('the embedder of a gateway', () => {
  let embeddings: EmbeddingService;
  let store: ConfigStore;
  const boot = (mode: string): void => {
    store = new ConfigStore(configOf(mode), 'relay.yaml');
    embeddings = new EmbeddingService(store, new FakeClock(), { RELAY_DATA_DIR: '/nowhere' });
    new ReadyEmbedder(new PolicyService(store), embeddings).onApplicationBootstrap();
  };
  afterEach(() => embeddings.onApplicationShutdown());

  it('is started with it where the policy looks anything up by meaning', () => {
    boot('verified');
    expect(embeddings.stats().queue).toBe(1);
  });

  it('is started when a policy does that later, and not before', () => {
    boot('off');
    expect(embeddings.stats().queue).toBe(0);
    store.replace(configOf('shadow'));
    expect(embeddings.stats().queue).toBe(1);
  });
});
