import { type BearerIssuerConfig, type ConfigConsumer, ConfigStore, type RelayConfig } from '@relay/config';
import { CLOCK, type Clock, type TenantProfile } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { type KeyFacts, resolveKey, type ResolvedKey, SCOPES } from '../domain/principal';
import { AWAY, type Lookup } from '../read-through-cache';
import { TenantDirectory } from '../tenant-directory';
import { CLOCK_TOLERANCE_SECONDS, namedIssuer, verifyIssued } from '../tokens/issued-token';
import { IssuerKeys } from '../tokens/issuer-keys';
import { issuerPrefix } from '../tokens/subject-id';
import { bearerCaller } from './bearer-caller';
import { BearerMemory, type KnownCaller } from './bearer-memory';

/** Tokens that are verified at a time; who comes beyond is told to come again. */
const MAX_VERIFYING = 1_000;

interface TrustedIssuer {
  readonly config: BearerIssuerConfig;
  readonly keys: IssuerKeys;
}

interface State {
  readonly source: string; // auth.bearer as JSON
  readonly issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly memory: BearerMemory;
}

/** Tokens of others in place of API keys (RFC 6750): who they stand for, by `auth.bearer`. */
@Injectable()
export class BearerTokens implements ConfigConsumer {
  readonly name = 'bearer tokens';
  private state: State;
  private readonly verifying = new Map<string, Promise<Lookup<ResolvedKey>>>();

  constructor(
    store: ConfigStore,
    private readonly tenants: TenantDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.state = this.stateOf([]);
    store.register(this);
  }

  /** What nobody changed is not forgotten. */
  prepare({ auth }: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const isSame = JSON.stringify(auth.bearer) === this.state.source;
    const next = isSame ? this.state : this.stateOf(auth.bearer);
    return { problems: [], apply: () => void (this.state = next) };
  }

  /**
   * Whom a token stands for; null for whatever is wrong with it. Synchronous for remembered tokens of tenants that are remembered too.
   * `AWAY`: its issuer's keys, or its tenant, cannot be looked up.
   */
  get(token: string, hash: string): Lookup<ResolvedKey> | Promise<Lookup<ResolvedKey>> {
    const known = this.state.memory.get(hash);
    if (known !== undefined) return this.resolve(known);
    const under = this.verifying.get(hash);
    if (under !== undefined) return under;
    const issuer = this.issuerOf(token);
    if (issuer === undefined) return null;
    if (this.verifying.size >= MAX_VERIFYING) return AWAY;
    const verification = this.verify(token, hash, issuer).finally(() => this.verifying.delete(hash));
    this.verifying.set(hash, verification);
    return verification;
  }

  /**
   * Somebody whose token ordered work that goes on without it, as a key; null where those of his issuer no longer count, or where each
   * says for itself which models it may use, which nobody knows any more.
   */
  withoutToken(keyId: string): KeyFacts | null {
    for (const { config } of this.state.issuers.values()) {
      const prefix = issuerPrefix(config.issuer);
      if (!keyId.startsWith(prefix) || config.modelsClaim !== undefined) continue;
      const name = keyId.slice(prefix.length);
      return { id: keyId, name, scopes: [SCOPES.inference], models: null, limits: {}, expiresAt: null };
    }
    return null;
  }

  private issuerOf(token: string): TrustedIssuer | undefined {
    const { issuers } = this.state;
    if (issuers.size === 0) return undefined;
    const name = namedIssuer(token);
    return name === null ? undefined : issuers.get(name);
  }

  private async verify(token: string, hash: string, { config, keys }: TrustedIssuer): Promise<Lookup<ResolvedKey>> {
    const { memory } = this.state;
    const { issuer, audience } = config;
    const verified = await verifyIssued(token, { issuer, audience, keys: keys.find }, this.clock);
    if (verified === 'away') return AWAY;
    if (verified === 'invalid') return null;
    const { claims } = verified;
    const caller = bearerCaller(config, claims, (claims.exp + CLOCK_TOLERANCE_SECONDS) * 1_000);
    return caller && this.resolve(memory.add(hash, caller));
  }

  private resolve(known: KnownCaller): Lookup<ResolvedKey> | Promise<Lookup<ResolvedKey>> {
    const tenant = this.tenants.get(known.caller.tenant);
    if (tenant instanceof Promise) return tenant.then((found) => belonging(known, found));
    return belonging(known, tenant);
  }

  private stateOf(configs: readonly BearerIssuerConfig[]): State {
    const issuers = configs.map((config) => ({ config, keys: new IssuerKeys(config, this.clock) }));
    return {
      source: JSON.stringify(configs),
      issuers: new Map(issuers.map((issuer) => [issuer.config.issuer, issuer])),
      memory: new BearerMemory(this.clock),
    };
  }
}

/** The caller as a key of the tenant as it is now: what changed there holds at once. */
function belonging(known: KnownCaller, tenant: Lookup<TenantProfile>): Lookup<ResolvedKey> {
  if (tenant === AWAY || tenant === null) return tenant;
  if (known.resolved === null || known.profile !== tenant) {
    known.resolved = resolveKey(tenant, known.caller.key);
    known.profile = tenant;
  }
  return known.resolved;
}
