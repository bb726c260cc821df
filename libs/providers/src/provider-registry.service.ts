import { isDeepStrictEqual } from 'node:util';
import {
  type ConfigConsumer,
  ConfigStore,
  type ModelConfig,
  type ProviderConfig,
  type RelayConfig,
} from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { inAllProtocols } from './adapters/translating/translating.client';
import { UPSTREAM_FACTORIES } from './adapters/upstream-factories';
import { withKeys } from './keys/keyed.client';
import type { UpstreamClient } from './ports/upstream-client.port';
import { providerProblems } from './provider-problems';

interface Entry {
  readonly config: ProviderConfig;
  readonly client: UpstreamClient;
}

interface State {
  readonly providers: readonly ProviderConfig[];
  readonly models: readonly ModelConfig[];
  readonly entries: ReadonlyMap<string, Entry>;
  readonly modelById: ReadonlyMap<string, ModelConfig>;
}

/**
 * The providers and models in force. A reload swaps all of it at once; a provider that did not change keeps its client and
 * connections, the client of one that did takes no new calls and closes when its last call has ended.
 */
@Injectable()
export class ProviderRegistry implements ConfigConsumer, OnApplicationShutdown {
  readonly name = 'providers';
  private readonly logger = new Logger(ProviderRegistry.name);
  private state: State = { providers: [], models: [], entries: new Map(), modelById: new Map() };
  /** Clients that the latest `prepare` built and nobody has put into force: the next one closes them. */
  private prepared: UpstreamClient[] = [];

  constructor(
    private readonly store: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    store.register(this);
  }

  /** Ask for it when the call is made, not before: a reload may replace it. */
  client(providerId: string): UpstreamClient | undefined {
    return this.state.entries.get(providerId)?.client;
  }

  models(): readonly ModelConfig[] {
    return this.state.models;
  }

  model(id: string): ModelConfig | undefined {
    return this.state.modelById.get(id);
  }

  providers(): readonly ProviderConfig[] {
    return this.state.providers;
  }

  prepare(config: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    for (const client of this.prepared.splice(0)) this.retire(client);
    const problems = providerProblems(config.providers, this.store.source);
    if (problems.length > 0) return { problems, apply: () => undefined };
    const next = this.build(config);
    return { problems, apply: () => this.apply(next) };
  }

  async onApplicationShutdown(): Promise<void> {
    const inForce = [...this.state.entries.values()].map((entry) => entry.client);
    await Promise.all([...inForce, ...this.prepared.splice(0)].map((client) => client.close()));
  }

  private build({ providers, models }: RelayConfig): State {
    const entries = providers.map((provider) => [provider.id, this.entryFor(provider)] as const);
    return {
      providers,
      models,
      entries: new Map(entries),
      modelById: new Map(models.map((model) => [model.id, model])),
    };
  }

  private entryFor(config: ProviderConfig): Entry {
    const before = this.state.entries.get(config.id);
    if (before && isDeepStrictEqual(before.config, config)) return before;
    const spoken = inAllProtocols(UPSTREAM_FACTORIES[config.kind](config, this.clock));
    const client = withKeys(spoken, config, this.clock);
    this.prepared.push(client);
    return { config, client };
  }

  private apply(next: State): void {
    const old = this.state.entries;
    this.state = next;
    this.prepared = [];
    for (const [id, entry] of old) if (next.entries.get(id)?.client !== entry.client) this.retire(entry.client);
  }

  private retire(client: UpstreamClient): void {
    client
      .close()
      .catch((error: unknown) => this.logger.warn(`provider ${client.providerId} did not close: ${String(error)}`));
  }
}
