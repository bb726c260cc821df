import type { OidcProviderConfig } from '@relay/config';
import type { LoginError } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as openid from 'openid-client';
import { AttemptLimiter } from '../domain/attempt-limiter';
import { networkOf } from '../network-of';
import { LoginAudit } from '../login-audit';
import type { Claims } from '../tokens/claims';
import { type Session, Sessions } from '../tokens/sessions.service';
import { FederatedUsers } from './federated-users.service';
import { type LoginState, LoginStates } from './login-state';
import { OidcClients } from './oidc-clients';
import { returnPath } from './return-path';
import { vouchedPerson } from './vouched-person';

const ATTEMPTS_PER_NETWORK = 60; // a minute, of starts and of returns each
const MINUTE_MS = 60_000;
const MAX_NETWORKS = 10_000;

/** Errors of openid-client that say that the provider does not work, rather than that it says no. */
const OUTAGES = new Set(['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_PARSE_ERROR']);

export interface OidcStart {
  readonly url: string; // of the provider
  readonly state: string; // for the browser to keep
}

export interface OidcReturn {
  readonly session: Session;
  readonly returnTo: string;
}

/** Logs in with a provider of `auth.oidc`: authorization code with PKCE, state and nonce (OpenID Connect Core, 3.1; RFC 7636). */
@Injectable()
export class OidcLogin {
  private readonly logger = new Logger(OidcLogin.name);
  private readonly starts = limiter();
  private readonly returns = limiter();

  constructor(
    private readonly clients: OidcClients,
    private readonly states: LoginStates,
    private readonly users: FederatedUsers,
    private readonly sessions: Sessions,
    private readonly audit: LoginAudit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async start(id: string, returnTo: string | undefined, address: string): Promise<Result<OidcStart, LoginError>> {
    const provider = this.providerOf(id);
    if (this.starts.attempt(networkOf(address), this.clock.now()) > 0) return err('too_many_attempts');
    const client = await this.clientOf(provider);
    if (client === null) return err('provider_unavailable');
    const [state, nonce, verifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()];
    const url = openid.buildAuthorizationUrl(client, {
      redirect_uri: this.clients.redirectUri(id).href,
      scope: provider.scopes.join(' '),
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const kept = { provider: id, state, nonce, verifier, returnTo: returnPath(returnTo) };
    return ok({ url: url.href, state: await this.states.seal(kept) });
  }

  /** What the provider sent the browser back with; `query` begins with `?`. */
  async finish(
    id: string,
    query: string,
    kept: string | undefined,
    address: string,
  ): Promise<Result<OidcReturn, LoginError>> {
    const provider = this.providerOf(id);
    if (this.returns.attempt(networkOf(address), this.clock.now()) > 0) return err('too_many_attempts');
    const state = await this.states.open(kept, id);
    const parameters = new URLSearchParams(query);
    if (state === null || parameters.get('state') !== state.state) return err('login_expired');
    const error = parameters.get('error');
    if (error !== null) return err(error === 'access_denied' ? 'access_denied' : 'provider_refused');
    const user = await this.signIn(provider, query, state);
    if (!user.ok) {
      if (user.error !== 'provider_unavailable') await this.audit.failed(null, address, id);
      return user;
    }
    await this.audit.succeeded(user.value, address, id);
    return ok({ session: await this.sessions.begin(user.value), returnTo: state.returnTo });
  }

  private async signIn(
    provider: OidcProviderConfig,
    query: string,
    state: LoginState,
  ): ReturnType<FederatedUsers['signIn']> {
    const client = await this.clientOf(provider);
    if (client === null) return err('provider_unavailable');
    const claims = await this.redeem(provider, client, query, state);
    if (!claims.ok) return claims;
    const person = vouchedPerson(provider, claims.value);
    return person.ok ? this.users.signIn(provider.issuer, person.value) : person;
  }

  /** The claims of the ID token; what it leaves out may be told by the provider's user info. */
  private async redeem(
    { id }: OidcProviderConfig,
    client: openid.Configuration,
    query: string,
    { state, nonce, verifier }: LoginState,
  ): Promise<Result<Claims, LoginError>> {
    const url = this.clients.redirectUri(id);
    url.search = query;
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    try {
      const tokens = await openid.authorizationCodeGrant(client, url, checks);
      const claims = tokens.claims();
      if (claims === undefined) return err('provider_refused');
      if (client.serverMetadata().userinfo_endpoint === undefined) return ok(claims);
      const more = await openid.fetchUserInfo(client, tokens.access_token, claims.sub);
      return ok({ ...more, ...claims });
    } catch (failure) {
      this.logger.warn(`a login with ${id} failed: ${String(failure)}`);
      return err(isOutage(failure) ? 'provider_unavailable' : 'provider_refused');
    }
  }

  private async clientOf(provider: OidcProviderConfig): Promise<openid.Configuration | null> {
    try {
      return await this.clients.client(provider);
    } catch (failure) {
      this.logger.warn(`the login provider ${provider.id} cannot be reached: ${String(failure)}`);
      return null;
    }
  }

  private providerOf(id: string): OidcProviderConfig {
    const provider = this.clients.provider(id);
    if (provider) return provider;
    throw new RelayError('not_found', 'There is no such login provider.', { param: 'id' });
  }
}

function isOutage(failure: unknown): boolean {
  if (failure instanceof openid.ClientError) return OUTAGES.has(failure.code ?? '');
  return failure instanceof TypeError; // how fetch tells that there was no connection
}

function limiter(): AttemptLimiter {
  return new AttemptLimiter({ attempts: ATTEMPTS_PER_NETWORK, windowMs: MINUTE_MS, maxKeys: MAX_NETWORKS });
}
