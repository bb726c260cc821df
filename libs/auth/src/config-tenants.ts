import { ConfigStore, type ConfigConsumer, type RelayConfig, type TenantConfig } from '@relay/config';
import type { TenantProfile } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { apiKeyPrefix, hashApiKey } from './domain/api-key';
import { type KeyFacts, resolveKey, type ResolvedKey } from './domain/principal';

/** A key of relay.yaml as listings show it. */
export interface ConfigKey extends KeyFacts {
  readonly prefix: string;
}

interface State {
  readonly tenants: ReadonlyMap<string, TenantProfile>;
  readonly keysByHash: ReadonlyMap<string, ResolvedKey>;
  readonly keysById: ReadonlyMap<string, ResolvedKey>;
  readonly keysByTenant: ReadonlyMap<string, readonly ConfigKey[]>;
}

/** The tenants and keys of relay.yaml: in memory only, keys as hashes, swapped whole when the configuration changes. */
@Injectable()
export class ConfigTenants implements ConfigConsumer {
  readonly name = 'tenants';
  private state: State = { tenants: new Map(), keysByHash: new Map(), keysById: new Map(), keysByTenant: new Map() };
  private readonly listeners: (() => void)[] = [];

  constructor(store: ConfigStore) {
    store.register(this);
  }

  prepare(config: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const next = buildState(config.tenants);
    return { problems: [], apply: () => this.swap(next) };
  }

  /** Calls back after every change, so that what was derived from the old tenants can be dropped. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  key(hash: string): ResolvedKey | undefined {
    return this.state.keysByHash.get(hash);
  }

  keyById(id: string): ResolvedKey | undefined {
    return this.state.keysById.get(id);
  }

  tenant(id: string): TenantProfile | undefined {
    return this.state.tenants.get(id);
  }

  list(): readonly TenantProfile[] {
    return [...this.state.tenants.values()];
  }

  keysOf(tenantId: string): readonly ConfigKey[] {
    return this.state.keysByTenant.get(tenantId) ?? [];
  }

  private swap(next: State): void {
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

function buildState(configs: readonly TenantConfig[]): State {
  const tenants = new Map<string, TenantProfile>();
  const keysByHash = new Map<string, ResolvedKey>();
  const keysByTenant = new Map<string, readonly ConfigKey[]>();
  for (const config of configs) {
    const tenant = toProfile(config);
    tenants.set(tenant.id, tenant);
    keysByTenant.set(
      tenant.id,
      config.keys.map((key) => toConfigKey(tenant.id, key)),
    );
    for (const key of config.keys)
      keysByHash.set(hashApiKey(key.value), resolveKey(tenant, toConfigKey(tenant.id, key)));
  }
  const keysById = new Map([...keysByHash.values()].map((key) => [key.principal.keyId, key]));
  return { tenants, keysByHash, keysById, keysByTenant };
}

function toProfile({ id, weight, tier, tags, limits, models, payloads }: TenantConfig): TenantProfile {
  return { id, weight, tier, tags, limits, models: models ?? null, payloads };
}

function toConfigKey(tenantId: string, key: TenantConfig['keys'][number]): ConfigKey {
  return {
    id: `config:${tenantId}/${key.name}`,
    name: key.name,
    prefix: hint(key.value),
    scopes: key.scopes,
    models: key.models ?? null,
    limits: key.limits,
    expiresAt: key.expiresAt === undefined ? null : Date.parse(key.expiresAt),
  };
}

/** Keys of relay.yaml may be short, so no more than a quarter of one is shown. */
function hint(value: string): string {
  return apiKeyPrefix(value).slice(0, Math.floor(value.length / 4));
}
