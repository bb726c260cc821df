import { ConfigStore, type OidcProviderConfig } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import * as openid from 'openid-client';

const TIMEOUT_SECONDS = 5; // of each request to a provider: a person waits
const FRESH_MS = 3_600_000; // a provider's configuration
const CLOCK_TOLERANCE_SECONDS = 5;

interface Known {
  readonly of: string; // what relay.yaml said when it was fetched
  readonly loadedAt: number; // monotonic, ms
  readonly client: Promise<openid.Configuration>;
}

/** The providers of `auth.oidc` as clients of theirs, found by discovery when somebody first logs in, and then remembered. */
@Injectable()
export class OidcClients {
  private readonly known = new Map<string, Known>(); // by id; no more than relay.yaml has

  constructor(
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  provider(id: string): OidcProviderConfig | undefined {
    return this.config.current.auth.oidc.find((provider) => provider.id === id);
  }

  /** Where a provider sends browsers back to; never what a request says of where it was sent. */
  redirectUri(id: string): URL {
    const { publicUrl } = this.config.current.auth;
    return new URL(`/api/auth/oidc/${id}/callback`, publicUrl);
  }

  /** Rejects when the provider cannot be reached; it is tried again with the next login. */
  client(provider: OidcProviderConfig): Promise<openid.Configuration> {
    const of = JSON.stringify(provider);
    const known = this.known.get(provider.id);
    if (known?.of === of && this.clock.monotonic() - known.loadedAt < FRESH_MS) return known.client;
    const client = discover(provider);
    this.known.set(provider.id, { of, loadedAt: this.clock.monotonic(), client });
    client.catch(() => {
      if (this.known.get(provider.id)?.client === client) this.known.delete(provider.id);
    });
    return client;
  }
}

function discover({ issuer, clientId, clientSecret }: OidcProviderConfig): Promise<openid.Configuration> {
  const url = new URL(issuer);
  const authentication = clientSecret === undefined ? openid.None() : withSecret(clientSecret);
  return openid.discovery(url, clientId, { [openid.clockTolerance]: CLOCK_TOLERANCE_SECONDS }, authentication, {
    timeout: TIMEOUT_SECONDS,
    // The schema lets plain HTTP be only within this machine. ID tokens are checked by their signature, not by the connection alone.
    execute: [openid.enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [openid.allowInsecureRequests] : [])],
  });
}

/** The secret in the way that the provider takes; where it does not say, that is basic (OpenID Connect Discovery, 3). */
function withSecret(secret: string): openid.ClientAuth {
  const [basic, post] = [openid.ClientSecretBasic(secret), openid.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const inBody = methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
    return (inBody ? post : basic)(server, client, body, headers);
  };
}
