import type { ProviderConfig } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ProviderRegistry } from '../provider-registry.service';
import { AnthropicBatchApi } from './anthropic.batch-api';
import type { BatchApi, BatchProtocol } from './batch-api.port';
import { OpenaiBatchApi } from './openai.batch-api';

/** One line for each protocol of batches. */
const BATCH_APIS = {
  openai: (provider, clock) => new OpenaiBatchApi(provider, clock),
  anthropic: (provider, clock) => new AnthropicBatchApi(provider, clock),
} satisfies Record<BatchProtocol, (provider: ProviderConfig, clock: Clock) => BatchApi>;

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
    const config = this.configOf(providerId);
    return !config || config.batchApi === 'off' ? this.none(providerId) : this.made(config, config.batchApi);
  }

  /**
   * To end what was handed in before, also where the configuration lets nothing be handed in any more; null where it does not know the
   * provider any more, and so has no key of it.
   */
  toEnd(providerId: string, protocol: string | null): BatchApi | null {
    const config = this.configOf(providerId);
    const known = protocol !== null && isProtocol(protocol) ? protocol : null;
    return config && known !== null ? this.made(config, known) : this.of(providerId);
  }

  private made(config: ProviderConfig, protocol: BatchProtocol): BatchApi {
    const entry = this.entries.get(config.id);
    if (entry?.config === config && entry.api.protocol === protocol) return entry.api;
    this.none(config.id);
    const api = BATCH_APIS[protocol](config, this.clock);
    this.entries.set(config.id, { config, api });
    return api;
  }

  private none(providerId: string): null {
    void this.entries.get(providerId)?.api.close(); // when its last call has ended
    this.entries.delete(providerId);
    return null;
  }

  private configOf(providerId: string): ProviderConfig | undefined {
    return this.registry.providers().find(({ id }) => id === providerId);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.entries.values()].map(({ api }) => api.close()));
  }
}

const isProtocol = (name: string): name is BatchProtocol => Object.hasOwn(BATCH_APIS, name);
