import { type ConfigConsumer, ConfigStore, type ControlPlaneIssuerConfig, type RelayConfig } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import type { AuthenticatedUser } from '../domain/authenticated-user';
import { AWAY, type Lookup } from '../read-through-cache';
import { TenantDirectory } from '../tenant-directory';
import { claimedStanding } from './claimed-role';
import { type Claims, textAt } from './claims';
import { looksLikeToken, namedIssuer, verifyIssued } from './issued-token';
import { IssuerKeys } from './issuer-keys';
import { shownSubject, subjectId } from './subject-id';

const MAX_SUBJECT_CHARS = 512;
const MAX_EMAIL_CHARS = 254;
const PRINTABLE = /^[\x21-\x7e]+$/;

interface TrustedIssuer {
  readonly config: ControlPlaneIssuerConfig;
  readonly keys: IssuerKeys;
}

interface State {
  readonly source: string; // auth.jwt as JSON
  readonly issuers: ReadonlyMap<string, TrustedIssuer>;
}

/** Machines that call the control plane with tokens of their own identity provider, by `auth.jwt`. They are no users of the relay. */
@Injectable()
export class ForeignUsers implements ConfigConsumer {
  readonly name = 'tokens of others';
  private state: State;

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
    const isSame = JSON.stringify(auth.jwt) === this.state.source;
    const next = isSame ? this.state : this.stateOf(auth.jwt);
    return { problems: [], apply: () => void (this.state = next) };
  }

  /** Who calls with a token of an issuer that is trusted here, null for one that is not right; undefined for any other text. */
  find(token: string): Promise<Lookup<AuthenticatedUser>> | undefined {
    if (this.state.issuers.size === 0 || !looksLikeToken(token)) return undefined;
    const issuer = this.state.issuers.get(namedIssuer(token) ?? '');
    return issuer && this.verify(token, issuer);
  }

  private async verify(token: string, { config, keys }: TrustedIssuer): Promise<Lookup<AuthenticatedUser>> {
    const { issuer, audience } = config;
    const verified = await verifyIssued(token, { issuer, audience, keys: keys.find }, this.clock);
    if (verified === 'away') return AWAY;
    if (verified === 'invalid') return null;
    const user = callerOf(config, verified.claims);
    if (!user?.tenant) return user;
    const tenant = await this.tenants.get(user.tenant);
    return tenant === null || tenant === AWAY ? tenant : user;
  }

  private stateOf(configs: readonly ControlPlaneIssuerConfig[]): State {
    const issuers = configs.map((config) => ({ config, keys: new IssuerKeys(config, this.clock) }));
    return {
      source: JSON.stringify(configs),
      issuers: new Map(issuers.map((issuer) => [issuer.config.issuer, issuer])),
    };
  }
}

function callerOf(config: ControlPlaneIssuerConfig, claims: Claims): AuthenticatedUser | null {
  const subject = textAt(claims, 'sub', MAX_SUBJECT_CHARS);
  const standing = claimedStanding(config, claims);
  if (subject === null || standing === null) return null;
  const email = textAt(claims, config.emailClaim, MAX_EMAIL_CHARS);
  const shown = email !== null && PRINTABLE.test(email) ? email : shownSubject(subject);
  return { id: subjectId(config.issuer, subject), email: shown, ...standing };
}
