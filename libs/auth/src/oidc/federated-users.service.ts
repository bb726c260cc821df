import { randomBytes } from 'node:crypto';
import type { LoginError } from '@relay/contracts';
import { err, ok, type Result } from '@relay/core';
import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../audit/chain';
import type { AuthenticatedUser } from '../domain/authenticated-user';
import { AWAY } from '../read-through-cache';
import { subjectId } from '../tokens/subject-id';
import { UserAdministration } from '../user-administration.service';
import { UserService } from '../user.service';
import { UserIdentities } from './user-identities';
import type { VouchedPerson } from './vouched-person';

const UNUSABLE_PASSWORD_BYTES = 48; // that nobody is told: there is none to log in with

type SignIn = Result<AuthenticatedUser, LoginError>;

/** The users behind those whom a provider vouches for: known by issuer and subject, linked by verified address, or made. */
@Injectable()
export class FederatedUsers {
  private readonly logger = new Logger(FederatedUsers.name);

  constructor(
    private readonly users: UserService,
    private readonly administration: UserAdministration,
    private readonly identities: UserIdentities,
  ) {}

  async signIn(issuer: string, person: VouchedPerson): Promise<SignIn> {
    if (person.decidesRole && person.standing === null) return err('not_allowed');
    const known = await this.identities.login(issuer, person.subject);
    if (known !== null) return this.withStanding(known, issuer, person);
    if (person.email === null) return err('not_allowed');
    const sameAddress = await this.users.findCredentials(person.email);
    return sameAddress
      ? this.link(sameAddress.user.id, issuer, person)
      : this.create({ ...person, email: person.email }, issuer);
  }

  /** An address proves who somebody is only where both the provider and the account are known to have checked it. */
  private async link(userId: string, issuer: string, person: VouchedPerson): Promise<SignIn> {
    const { subject, emailVerified } = person;
    if (!emailVerified || !(await this.identities.mayBeLinked(userId))) return err('email_unverified');
    await this.identities.add({ issuer, subject, userId, emailVerified });
    return this.withStanding(userId, issuer, person);
  }

  private async create(person: VouchedPerson & { readonly email: string }, issuer: string): Promise<SignIn> {
    const { subject, email, emailVerified, standing } = person;
    if (standing === null) return err('not_allowed');
    const password = randomBytes(UNUSABLE_PASSWORD_BYTES).toString('base64url');
    const created = await this.administration.create(
      { email, password, ...standing },
      actorOf(issuer, person),
      (userId, transaction) => this.identities.add({ issuer, subject, userId, emailVerified }, transaction),
    );
    if (!created.ok) {
      const meanwhile = await this.identities.login(issuer, subject); // two first logins at once
      if (meanwhile !== null) return this.active(meanwhile);
      this.logger.warn(`no user was made for ${subjectId(issuer, subject)}: ${created.error.message}`);
      return err('not_allowed');
    }
    return this.active(created.value.id);
  }

  /** Role and tenant as the provider has them now. */
  private async withStanding(userId: string, issuer: string, person: VouchedPerson): Promise<SignIn> {
    const user = await this.active(userId);
    const { decidesRole, standing } = person;
    if (!user.ok || !decidesRole || standing === null) return user;
    if (user.value.role === standing.role && user.value.tenant === standing.tenant) return user;
    const changed = await this.administration.update(userId, standing, actorOf(issuer, person));
    if (changed.ok) return this.active(userId);
    this.logger.warn(`user ${userId} stays ${user.value.role}: ${changed.error.message}`);
    return changed.error.code === 'conflict' ? user : err('not_allowed'); // the last owner stays one
  }

  private async active(userId: string): Promise<SignIn> {
    const user = await this.users.findActive(userId);
    if (user === AWAY) return err('provider_unavailable');
    return user === null ? err('not_allowed') : ok(user);
  }
}

function actorOf(issuer: string, { subject, email }: VouchedPerson): Actor {
  return { id: subjectId(issuer, subject), email: email ?? '' };
}
