import type { CreateUser, ManagedUser, Role, UpdateUser, UserPage, UserQuery } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result, isUuid } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from './audit/audit-log';
import type { Actor } from './audit/chain';
import { changedFields } from './audit/changed-fields';
import { IdentityChanges } from './changes/identity-changes';
import { endOfSessions } from './domain/authenticated-user';
import { idAfter, idPage } from './domain/id-page';
import { refusePassword } from './domain/password-rule';
import { PasswordHasher } from './password-hasher';
import { UserEntity } from './persistence/user.entity';
import { TenantService } from './tenant.service';
import { UserService, type WithNewUser } from './user.service';

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

type UserChange<T> = (row: UserEntity, transaction: EntityManager) => Promise<Result<T, RelayError>>;

/** What owners do with users. The last owner who can log in can be neither removed nor disabled nor made something else. */
@Injectable()
export class UserAdministration {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UserService,
    private readonly tenants: TenantService,
    private readonly hasher: PasswordHasher,
    private readonly changes: IdentityChanges,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In order of their ids. */
  async list({ limit, cursor, role, tenant }: UserQuery): Promise<Result<UserPage, RelayError>> {
    const after = idAfter(cursor);
    if (after instanceof RelayError) return err(after);
    if (after !== '' && !isUuid(after)) return err(wrongCursor());
    const select = this.dataSource.manager
      .createQueryBuilder(UserEntity, 'user')
      .where('user.id > :after', { after: after || FIRST_UUID })
      .orderBy('user.id')
      .limit(limit + 1);
    if (role !== undefined) select.andWhere('user.role = :role', { role });
    if (tenant !== undefined) select.andWhere('user.tenantId = :tenant', { tenant });
    return ok(idPage((await select.getMany()).map(viewOf), limit));
  }

  async get(id: string): Promise<ManagedUser | null> {
    const row = isUuid(id) ? await this.dataSource.manager.findOneBy(UserEntity, { id }) : null;
    return row && viewOf(row);
  }

  async create(user: CreateUser, actor: Actor, together?: WithNewUser): Promise<Result<ManagedUser, RelayError>> {
    const refusal = refusePassword(user.password, user.email) ?? (await this.refuseTenant(user.role, user.tenant));
    if (refusal) return err(refusal);
    const created = await this.users.create(user, actor, together);
    if (!created.ok) return created;
    const view = await this.get(created.value.id);
    return view ? ok(view) : err(notFound());
  }

  /** Changes what is named. Whoever is disabled, or gets a new password, has no session any more. */
  async update(id: string, change: UpdateUser, actor: Actor): Promise<Result<ManagedUser, RelayError>> {
    const { password } = change;
    const passwordHash = password === undefined ? undefined : await this.hasher.hash(password);
    return this.change(id, async (row, transaction) => {
      const role = change.role ?? row.role;
      const tenant = change.tenant === undefined ? tenantAs(role, row) : change.tenant;
      const refusal =
        (password === undefined ? null : refusePassword(password, row.email)) ??
        (await this.refuseTenant(role, tenant, transaction)) ??
        (await this.refuseLastOwner(row, role !== 'owner' || change.disabled === true, transaction));
      if (refusal) return err(refusal);
      const before = viewOf(row);
      const now = new Date(this.clock.now());
      Object.assign(row, { role, tenantId: tenant }, passwordHash === undefined ? {} : { passwordHash });
      if (change.disabled !== undefined) row.disabledAt = change.disabled ? (row.disabledAt ?? now) : null;
      const endsSessions = passwordHash !== undefined || (change.disabled === true && before.disabledAt === null);
      if (endsSessions) await this.endSessions(row, transaction);
      const detail = {
        ...changedFields(before, viewOf(row)),
        ...(passwordHash === undefined ? {} : { password: 'new' }),
      };
      if (Object.keys(detail).length === 0) return ok(before);
      await transaction.save(row);
      await this.tell(actor, 'user.update', row, detail, transaction);
      return ok(viewOf(row));
    });
  }

  remove(id: string, actor: Actor): Promise<Result<void, RelayError>> {
    return this.change(id, async (row, transaction) => {
      const refusal = await this.refuseLastOwner(row, true, transaction);
      if (refusal) return err(refusal);
      await transaction.delete(UserEntity, { id });
      await this.tell(actor, 'user.delete', row, { role: row.role, tenant: row.tenantId }, transaction);
      return ok(undefined);
    });
  }

  /** Ends every session of a user: neither refresh nor access tokens of before are taken any more. */
  logout(id: string, actor: Actor): Promise<Result<void, RelayError>> {
    return this.change(id, async (row, transaction) => {
      await this.endSessions(row, transaction);
      await transaction.save(row);
      await this.tell(actor, 'user.logout', row, {}, transaction);
      return ok(undefined);
    });
  }

  /**
   * One change at a time of users who are owners, over all processes: each takes the rows of all active owners first, in one order, and sees
   * then what the change before it has left.
   */
  private async change<T>(id: string, change: UserChange<T>): Promise<Result<T, RelayError>> {
    if (!isUuid(id)) return err(notFound());
    const result = await this.dataSource.transaction(async (transaction) => {
      await transaction.query(
        `SELECT id FROM users WHERE id = $1 OR (role = 'owner' AND disabled_at IS NULL) ORDER BY id FOR UPDATE`,
        [id],
      );
      const row = await transaction.findOneBy(UserEntity, { id });
      return row ? change(row, transaction) : err(notFound());
    });
    if (result.ok) await this.changes.announce({ kind: 'user', id });
    return result;
  }

  /** `leaves`: the change would leave one active owner less, if this is one. */
  private async refuseLastOwner(
    row: UserEntity,
    leaves: boolean,
    transaction: EntityManager,
  ): Promise<RelayError | null> {
    if (!leaves || row.role !== 'owner' || row.disabledAt !== null) return null;
    const others: unknown[] = await transaction.query(
      `SELECT 1 FROM users WHERE role = 'owner' AND disabled_at IS NULL AND id <> $1 LIMIT 1`,
      [row.id],
    );
    if (others.length > 0) return null;
    const message = 'This is the last owner who can log in. Make somebody else an owner first.';
    return new RelayError('conflict', message, { param: 'id' });
  }

  private async refuseTenant(role: Role, tenant: string | null, manager?: EntityManager): Promise<RelayError | null> {
    if ((role === 'tenant-admin') !== (tenant !== null)) return wrongTenant();
    const known = tenant === null ? true : await this.tenants.get(tenant, manager);
    return known ? null : new RelayError('invalid_request', 'tenant: there is no such tenant', { param: 'tenant' });
  }

  private async endSessions(row: UserEntity, transaction: EntityManager): Promise<void> {
    const now = new Date(this.clock.now());
    row.sessionsEndedAt = endOfSessions(row.sessionsEndedAt, now.getTime());
    await transaction.query('UPDATE refresh_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL', [
      row.id,
      now,
    ]);
  }

  private async tell(
    actor: Actor,
    action: string,
    { id, email }: UserEntity,
    detail: Readonly<Record<string, unknown>>,
    transaction: EntityManager,
  ): Promise<void> {
    if (actor !== null)
      await this.audit.append({ actor, action, target: id, detail: { email, ...detail } }, transaction);
  }
}

/** Whoever stops being a tenant-admin has no tenant any more. */
const tenantAs = (role: Role, row: UserEntity): string | null => (role === 'tenant-admin' ? row.tenantId : null);

function viewOf({ id, email, role, tenantId, createdAt, disabledAt }: UserEntity): ManagedUser {
  const times = { createdAt: createdAt.toISOString(), disabledAt: disabledAt?.toISOString() ?? null };
  return { id, email, role, tenant: tenantId, ...times };
}

function notFound(): RelayError {
  return new RelayError('not_found', 'There is no such user.', { param: 'id' });
}

function wrongCursor(): RelayError {
  const message = 'cursor: not a cursor of this list; allowed: the nextCursor of a page before';
  return new RelayError('invalid_request', message, { param: 'cursor' });
}

function wrongTenant(): RelayError {
  return new RelayError('invalid_request', 'tenant: a tenant-admin needs a tenant, the other roles have none', {
    param: 'tenant',
  });
}
