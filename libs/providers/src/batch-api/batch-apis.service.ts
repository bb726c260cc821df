import type { ProviderConfig } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ProviderRegistry } from '../provider-registry.service';
import { AnthropicBatchApi } from './anthropic.batch-api';
import type { BatchApi } from './batch-api.port';
import { OpenaiBatchApi } from './openai.batch-api';

type BatchApiKind = Exclude<ProviderConfig['batchApi'], 'off'>;

/** One line for each protocol of batches. */
const BATCH_APIS = {
  openai: (provider, clock) => new OpenaiBatchApi(provider, clock),
  anthropic: (provider, clock) => new AnthropicBatchApi(provider, clock),
} satisfies Record<BatchApiKind, (provider: ProviderConfig, clock: Clock) => BatchApi>;

interface Entry {
  readonly config: ProviderConfig;
  readonly api: BatchApi;
}

/** The batches of providers that have some, where the configuration in force lets the relay use them. */
@Injectable()
export class BatchApis implements OnApplicationShutdown {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly registry: ProviderRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Null where there are none. Ask for it when it is used, not before: a reload may replace it. */
  of(providerId: string): BatchApi | null {
    const config = this.registry.providers().find(({ id }) => id === providerId);
    const entry = this.entries.get(providerId);
    if (entry && entry.config === config) return entry.api;
    if (entry) void entry.api.close(); // when its last call has ended
    this.entries.delete(providerId);
    if (!config || config.batchApi === 'off') return null;
    const api = BATCH_APIS[config.batchApi](config, this.clock);
    this.entries.set(providerId, { config, api });
    return api;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.entries.values()].map(({ api }) => api.close()));
  }
}
