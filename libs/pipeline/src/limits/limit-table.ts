import { Injectable } from '@nestjs/common';
import { ConfigStore, type RelayConfig } from '@relay/config';
import type { RouteCandidate } from '@relay/contracts';
import type { Principal } from '@relay/core';
import type { RateScope } from '@relay/scheduler';

type ConfiguredLimits = { readonly requestsPerMinute?: number; readonly tokensPerMinute?: number };

const NONE: readonly RateScope[] = [];

/** Who has which limits, as the configuration in force says. */
@Injectable()
export class LimitTable {
  private models = new Map<string, RateScope>();
  private providers = new Map<string, RateScope>();

  constructor(store: ConfigStore) {
    store.register({
      name: 'limits',
      prepare: (config) => ({ problems: [], apply: () => this.apply(config) }),
    });
  }

  /** What each request counts for: its tenant and its key, as far as they have limits. */
  ofRequest({ tenant, keyId, keyLimits }: Principal): readonly RateScope[] {
    const ofTenant = scopeOf('tenant', tenant.id, tenant.limits);
    const ofKey = keyLimits ? scopeOf('key', keyId, keyLimits) : null;
    if (ofTenant === null) return ofKey === null ? NONE : [ofKey];
    return ofKey === null ? [ofTenant] : [ofTenant, ofKey];
  }

  /** The same of a request that no model answers, or not at once: it takes no tokens. */
  ofDoor(principal: Principal): readonly RateScope[] {
    const scopes = this.ofRequest(principal);
    return scopes === NONE ? NONE : scopes.flatMap(ofRequestsOnly);
  }

  /** What each call of an upstream counts for. */
  ofCall({ model, provider }: RouteCandidate): readonly RateScope[] {
    const ofModel = this.models.get(model);
    const ofProvider = this.providers.get(provider);
    if (ofModel === undefined) return ofProvider === undefined ? NONE : [ofProvider];
    return ofProvider === undefined ? [ofModel] : [ofModel, ofProvider];
  }

  private apply({ models, providers }: RelayConfig): void {
    this.models = scopesOf('model', models);
    this.providers = scopesOf('provider', providers);
  }
}

function ofRequestsOnly({ kind, id, limits: { requests } }: RateScope): RateScope[] {
  return requests === undefined ? [] : [{ kind, id, limits: { requests } }];
}

function scopesOf(
  kind: RateScope['kind'],
  limited: readonly { readonly id: string; readonly limits: ConfiguredLimits }[],
): Map<string, RateScope> {
  const scopes = limited.map(({ id, limits }) => scopeOf(kind, id, limits)).filter((scope) => scope !== null);
  return new Map(scopes.map((scope) => [scope.id, scope]));
}

function scopeOf(kind: RateScope['kind'], id: string, configured: ConfiguredLimits): RateScope | null {
  const { requestsPerMinute: requests, tokensPerMinute: tokens } = configured;
  if (requests === undefined && tokens === undefined) return null;
  return {
    kind,
    id,
    limits: { ...(requests === undefined ? {} : { requests }), ...(tokens === undefined ? {} : { tokens }) },
  };
}
