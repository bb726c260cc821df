import { AuditLog, type AuthenticatedUser, tenantScope } from '@relay/auth';
import { ExactCache, InvalidationQueue, InvalidationStore, Invalidations } from '@relay/cache';
import type { CacheInvalidation, CacheInvalidationPage, StartCacheInvalidation } from '@relay/contracts';
import { err, isUuid, RelayError, type Result } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { found, unwrap } from '../http/unwrap';
import { selectorFor } from './selector';

/** Makes answers void at once, and has the workers remove their copies. */
@Injectable()
export class InvalidationsService {
  constructor(
    private readonly invalidations: Invalidations,
    private readonly exact: ExactCache,
    private readonly store: InvalidationStore,
    private readonly queue: InvalidationQueue,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly log: AuditLog,
  ) {}

  /**
   * What fits is void in all processes when this resolves; also where it rejects after that, as it then says, and it does no harm to ask
   * again.
   */
  async start(user: AuthenticatedUser, body: StartCacheInvalidation): Promise<CacheInvalidation> {
    const named = selectorFor(user, body);
    const epoch = await unwrap(this.invalidations.invalidate(named));
    const removed = this.exact.forget(named);
    const invalidation = await unwrap(this.keep(user, named, epoch, removed));
    await this.queue.add(invalidation.id);
    return invalidation;
  }

  async list(user: AuthenticatedUser): Promise<CacheInvalidationPage> {
    return { data: await this.store.list(tenantScope(user)), nextCursor: null };
  }

  get(user: AuthenticatedUser, id: string): Promise<CacheInvalidation> {
    return found(isUuid(id) ? this.store.find(id, tenantScope(user)) : Promise.resolve(null), 'invalidation');
  }

  /** The audit log has the deed also where too many wait. */
  private async keep(
    { id, email }: AuthenticatedUser,
    named: StartCacheInvalidation,
    epoch: number,
    removed: number,
  ): Promise<Result<CacheInvalidation, RelayError>> {
    try {
      return await this.dataSource.transaction(async (transaction) => {
        const created = await this.store.create(named, epoch, removed, transaction);
        const what = created.ok ? { invalidation: created.value.id } : { removed, left: 'copies' };
        const detail = { ...named, ...what };
        await this.log.append(
          { actor: { id, email }, action: 'cache.invalidate', target: 'cache', detail },
          transaction,
        );
        return created;
      });
    } catch (cause) {
      const message =
        'What fits is void in all processes; that its copies are to be removed could not be written down. Try again in a moment.';
      return err(new RelayError('unavailable', message, { cause, retryAfterSeconds: 5 }));
    }
  }
}
