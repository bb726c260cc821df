import { CLOCK, type Clock, type Principal, RelayError } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { BearerTokens } from './bearer/bearer-tokens.service';
import { ConfigTenants } from './config-tenants';
import { hashApiKey, invalidApiKey, isGeneratedKey, presentedKey } from './domain/api-key';
import {
  actingFor,
  inferenceForbidden,
  isExpired,
  mayActAs,
  mayInfer,
  namesForeignTenant,
  type ResolvedKey,
  tenantForbidden,
} from './domain/principal';
import { KeyDirectory } from './key-directory';
import { LastUsedRecorder } from './last-used-recorder';
import { AWAY, type Lookup } from './read-through-cache';
import { TenantDirectory } from './tenant-directory';
import { looksLikeToken } from './tokens/issued-token';

type Verdict = Principal | RelayError;

/** Tells who calls the data plane. */
@Injectable()
export class ApiKeyAuthenticator {
  constructor(
    private readonly configured: ConfigTenants,
    private readonly keys: KeyDirectory,
    private readonly tenants: TenantDirectory,
    private readonly lastUsed: LastUsedRecorder,
    private readonly bearers: BearerTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The caller, by the `Authorization` or `x-api-key` header, or why the call is refused: `invalid_api_key`, `forbidden`, `tenant_forbidden`, or `unavailable` when the
   * database is away and the key is not remembered. Synchronous for keys of relay.yaml and remembered ones.
   */
  authenticate(
    authorization: string | undefined,
    tenantHeader: string | undefined,
    apiKeyHeader?: string,
  ): Verdict | Promise<Verdict> {
    const key = presentedKey(authorization, apiKeyHeader);
    if (typeof key !== 'string') return key;
    const hash = hashApiKey(key);
    const configured = this.configured.key(hash);
    if (configured !== undefined) return this.admit(configured, tenantHeader);
    if (!isGeneratedKey(key)) {
      return looksLikeToken(key) ? this.admitBearer(this.bearers.get(key, hash), tenantHeader) : invalidApiKey();
    }
    const found = this.keys.get(hash);
    if (found instanceof Promise) return found.then((stored) => this.admitStored(stored, tenantHeader));
    return this.admitStored(found, tenantHeader);
  }

  private admitStored(found: Lookup<ResolvedKey>, tenantHeader: string | undefined): Verdict | Promise<Verdict> {
    if (found === AWAY) return unavailable();
    if (found === null) return invalidApiKey();
    if (!isExpired(found, this.clock.now())) this.lastUsed.touch(found.principal.keyId);
    return this.admit(found, tenantHeader);
  }

  /** A token of somebody else's in place of a key: nothing of it is in the database. */
  private admitBearer(
    found: Lookup<ResolvedKey> | Promise<Lookup<ResolvedKey>>,
    tenantHeader: string | undefined,
  ): Verdict | Promise<Verdict> {
    if (found instanceof Promise) return found.then((settled) => this.admitBearer(settled, tenantHeader));
    if (found === AWAY) return unavailable();
    return found === null ? invalidApiKey() : this.admit(found, tenantHeader);
  }

  private admit(key: ResolvedKey, tenantHeader: string | undefined): Verdict | Promise<Verdict> {
    if (isExpired(key, this.clock.now())) return invalidApiKey();
    const { principal } = key;
    if (!mayInfer(principal)) return inferenceForbidden();
    if (!namesForeignTenant(principal, tenantHeader)) return principal;
    if (!mayActAs(principal)) return tenantForbidden();
    const tenant = this.tenants.get(tenantHeader);
    if (tenant instanceof Promise) return tenant.then((found) => this.actFor(principal, found));
    return this.actFor(principal, tenant);
  }

  private actFor(principal: Principal, tenant: Lookup<Principal['tenant']>): Verdict {
    if (tenant === AWAY) return unavailable();
    return tenant === null ? tenantForbidden() : actingFor(principal, tenant);
  }
}

function unavailable(): RelayError {
  return new RelayError('unavailable', 'The API key cannot be checked at the moment. Try again shortly.', {
    retryAfterSeconds: 1,
  });
}
