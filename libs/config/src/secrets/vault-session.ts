import { readFileSync } from 'node:fs';
import { type Clock, err, ok, type Result } from '@relay/core';
import { deniedLogin, deniedToken, noPodToken, sealed, strange, type VaultFailure } from './vault-failure';
import { fieldsOf, type VaultReply, type VaultTransport } from './vault-transport';
import type { VaultSettings } from './vault.schema';

const MS_PER_SECOND = 1_000;
/** Of a lease's time; what is left suffices for a few more attempts. */
const RENEW_AT = 2 / 3;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
const LOOKUP = 'auth/token/lookup-self';

interface Lease {
  readonly token: string;
  readonly seconds: number; // 0: it does not end
  readonly renewable: boolean;
}

/** A token for Vault: logged in for, renewed before its lease ends, and replaced by a new login where that fails. */
export class VaultSession {
  private lease: Lease | null = null;
  private login: Promise<Result<string, VaultFailure>> | null = null;
  private cancelTimer: () => void = () => undefined;
  private closed = false;

  constructor(
    private readonly settings: VaultSettings,
    private readonly transport: VaultTransport,
    private readonly clock: Clock,
    private readonly onFailure: (failure: VaultFailure) => void,
  ) {}

  /** The token in force; who asks at the same time shares one login. */
  token(): Promise<Result<string, VaultFailure>> {
    if (this.lease) return Promise.resolve(ok(this.lease.token));
    this.login ??= this.begin().finally(() => (this.login = null));
    return this.login;
  }

  /** Whether Vault knows the token no more and another may be had: what it denied may just as well be denied to its holder. */
  async isStale(token: string): Promise<boolean> {
    if (this.settings.auth.method === 'token') return false;
    const reply = await this.transport.get(LOOKUP, token);
    if (!reply.ok || reply.value.status !== 403) return false;
    if (this.lease?.token === token) this.forget();
    return true;
  }

  close(): void {
    this.closed = true;
    this.forget();
  }

  private forget(): void {
    this.lease = null;
    this.cancelTimer();
  }

  private async begin(): Promise<Result<string, VaultFailure>> {
    const lease = this.settings.auth.method === 'token' ? await this.given() : await this.logIn();
    if (!lease.ok) return lease;
    this.hold(lease.value);
    return ok(lease.value.token);
  }

  private hold(lease: Lease): void {
    this.forget();
    if (this.closed) return;
    this.lease = lease;
    if (lease.seconds > 0) this.renewAfter(lease.seconds * MS_PER_SECOND * RENEW_AT, FIRST_RETRY_MS);
  }

  private renewAfter(ms: number, retryMs: number): void {
    this.cancelTimer = this.clock.after(ms, () => void this.renew(retryMs));
  }

  private async renew(retryMs: number): Promise<void> {
    const { lease } = this;
    if (!lease) return;
    const renewed = await this.renewed(lease);
    if (this.closed || this.lease !== lease) return;
    if (renewed.ok) return this.hold(renewed.value);
    this.onFailure(renewed.error);
    this.renewAfter(retryMs, Math.min(2 * retryMs, LAST_RETRY_MS));
  }

  private async renewed(lease: Lease): Promise<Result<Lease, VaultFailure>> {
    if (lease.renewable) {
      const reply = await this.transport.post('auth/token/renew-self', lease.token, {});
      const renewed = reply.ok ? leaseOf(reply.value) : null;
      // One that is near its greatest age is renewed for less and less: then a new one is better.
      if (renewed && (renewed.seconds >= lease.seconds || this.settings.auth.method === 'token')) return ok(renewed);
      if (!reply.ok && this.settings.auth.method === 'token') return reply;
    }
    return this.settings.auth.method === 'token' ? err(deniedToken) : this.logIn();
  }

  /** The token of the settings: how long it lives, Vault knows. */
  private async given(): Promise<Result<Lease, VaultFailure>> {
    const { auth } = this.settings;
    const token = auth.method === 'token' ? auth.token : '';
    const reply = await this.transport.get(LOOKUP, token);
    if (!reply.ok) return reply;
    const { status, body } = reply.value;
    if (status === 503) return err(sealed);
    if (status === 403) return err(deniedToken);
    const data = fieldsOf(body?.['data']);
    if (status !== 200 || !data) return err(strange(status, 'a question for the token'));
    return ok({ token, seconds: numberOf(data['ttl']), renewable: data['renewable'] === true });
  }

  private async logIn(): Promise<Result<Lease, VaultFailure>> {
    const credentials = this.credentials();
    if (!credentials.ok) return credentials;
    const { path, body } = credentials.value;
    const reply = await this.transport.post(path, null, body);
    if (!reply.ok) return reply;
    const lease = leaseOf(reply.value);
    if (lease) return ok(lease);
    const { status } = reply.value;
    if (status === 503) return err(sealed);
    return err(status >= 400 && status < 500 ? deniedLogin(status) : strange(status, 'a login'));
  }

  private credentials(): Result<{ readonly path: string; readonly body: object }, VaultFailure> {
    const { auth } = this.settings;
    if (auth.method === 'token') return err(deniedToken);
    const path = `auth/${auth.mount}/login`;
    if (auth.method === 'approle') return ok({ path, body: { role_id: auth.roleId, secret_id: auth.secretId } });
    try {
      return ok({ path, body: { role: auth.role, jwt: readFileSync(auth.jwtPath, 'utf8').trim() } });
    } catch {
      return err(noPodToken(auth.jwtPath));
    }
  }
}

function leaseOf({ status, body }: VaultReply): Lease | null {
  const auth = fieldsOf(body?.['auth']);
  const token = auth?.['client_token'];
  if (status !== 200 || !auth || typeof token !== 'string' || token === '') return null;
  return { token, seconds: numberOf(auth['lease_duration']), renewable: auth['renewable'] === true };
}

const numberOf = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);
