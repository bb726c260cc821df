import { randomUUID } from 'node:crypto';
import type { Role } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, Repository } from 'typeorm';
import { AuditLog } from './audit/audit-log';
import type { Actor } from './audit/chain';
import { IdentityChanges } from './changes/identity-changes';
import { type AuthenticatedUser, endOfSessions, sessionsFrom } from './domain/authenticated-user';
import { PasswordHasher } from './password-hasher';
import { UserEntity } from './persistence/user.entity';
import { type Lookup, ReadThroughCache } from './read-through-cache';

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly role: Role;
  readonly tenant: string | null; // required for tenant-admin, null for the other roles
}

interface Credentials {
  readonly user: AuthenticatedUser;
  readonly passwordHash: string;
}

/** What else is stored with a new user, or not at all. */
export type WithNewUser = (userId: string, transaction: EntityManager) => Promise<void>;

@Injectable()
export class UserService {
  private readonly active: ReadThroughCache<AuthenticatedUser>;

  constructor(
    @InjectRepository(UserEntity) private readonly users: Repository<UserEntity>,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly changes: IdentityChanges,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const load = async (id: string): Promise<AuthenticatedUser | null> => {
      const row = await users.findOneBy({ id, disabledAt: IsNull() });
      return row && toUser(row);
    };
    this.active = new ReadThroughCache('users', load, clock);
    changes.listen({
      changed: ({ kind, id }) => {
        if (kind === 'user') this.active.drop(id);
      },
      missed: () => this.active.expire(),
    });
  }

  /** The user who holds an access token, if he may still act; a change of his role holds at once. */
  findActive(id: string): Lookup<AuthenticatedUser> | Promise<Lookup<AuthenticatedUser>> {
    return this.active.get(id);
  }

  async findCredentials(email: string): Promise<Credentials | null> {
    const row = await this.byEmail(email);
    const user = row && row.disabledAt === null ? toUser(row) : null;
    return row && user && { user, passwordHash: row.passwordHash };
  }

  async create(
    user: NewUser,
    actor: Actor = null,
    together: WithNewUser = () => Promise.resolve(),
  ): Promise<Result<AuthenticatedUser, RelayError>> {
    if ((user.role === 'tenant-admin') !== (user.tenant !== null)) return err(wrongTenant());
    const row = this.users.create({
      id: randomUUID(),
      email: user.email.toLowerCase(),
      passwordHash: await this.hasher.hash(user.password),
      role: user.role,
      tenantId: user.tenant,
      createdAt: new Date(this.clock.now()),
      disabledAt: null,
      sessionsEndedAt: null,
    });
    const isNew = await this.users.manager.transaction(async (transaction) => {
      const insert = transaction.createQueryBuilder().insert().into(UserEntity).values(row).orIgnore();
      const inserted = await insert.returning('id').execute();
      if (!Array.isArray(inserted.raw) || inserted.raw.length === 0) return false;
      const { id: target, email, role, tenantId: tenant } = row;
      if (actor)
        await this.audit.append({ actor, action: 'user.create', target, detail: { email, role, tenant } }, transaction);
      await together(row.id, transaction);
      return true;
    });
    if (!isNew)
      return err(new RelayError('conflict', 'There is a user of this e-mail address already.', { param: 'email' }));
    return ok(viewable(row, row.tenantId));
  }

  /** Access tokens of before end with it; refresh tokens are for the caller to revoke. */
  async setPassword(userId: string, password: string): Promise<void> {
    const passwordHash = await this.hasher.hash(password);
    const row = await this.users.findOneBy({ id: userId });
    const sessionsEndedAt = endOfSessions(row?.sessionsEndedAt ?? null, this.clock.now());
    await this.users.update({ id: userId }, { passwordHash, sessionsEndedAt });
    await this.changes.announce({ kind: 'user', id: userId });
  }

  private byEmail(email: string): Promise<UserEntity | null> {
    return this.users.createQueryBuilder('user').where('lower(user.email) = lower(:email)', { email }).getOne();
  }
}

function wrongTenant(): RelayError {
  return new RelayError('invalid_request', 'tenant: a tenant-admin needs a tenant, the other roles have none', {
    param: 'tenant',
  });
}

/** A tenant-admin without a tenant may see nothing at all, so he counts as nobody. */
function toUser(row: UserEntity): AuthenticatedUser | null {
  if (row.role !== 'tenant-admin') return viewable(row, null);
  return row.tenantId === null ? null : viewable(row, row.tenantId);
}

function viewable({ id, email, role, sessionsEndedAt }: UserEntity, tenant: string | null): AuthenticatedUser {
  const user = { id, email, role, tenant };
  return sessionsEndedAt === null ? user : { ...user, sessionsFrom: sessionsFrom(sessionsEndedAt) };
}
