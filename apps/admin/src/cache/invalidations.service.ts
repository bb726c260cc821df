import { AuditLog, type AuthenticatedUser, tenantScope } from '@relay/auth';
import { ExactCache, InvalidationQueue, InvalidationStore, Invalidations } from '@relay/cache';
import type { CacheInvalidation, CacheInvalidationPage, StartCacheInvalidation } from '@relay/contracts';
import { isUuid } from '@relay/core';
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

  /** What fits is void in all processes when this resolves; also where it rejects after that, and then it does no harm to ask again. */
  async start(user: AuthenticatedUser, body: StartCacheInvalidation): Promise<CacheInvalidation> {
    const named = selectorFor(user, body);
    await unwrap(this.store.checkRoom(named));
    const epoch = await unwrap(this.invalidations.invalidate(named));
    const removed = this.exact.forget(named);
    const actor = { id: user.id, email: user.email };
    const invalidation = await this.dataSource.transaction(async (transaction) => {
      const created = await this.store.create(named, epoch, removed, transaction);
      const detail = { ...named, invalidation: created.id };
      await this.log.append({ actor, action: 'cache.invalidate', target: 'cache', detail }, transaction);
      return created;
    });
    await this.queue.add(invalidation.id);
    return invalidation;
  }

  async list(user: AuthenticatedUser): Promise<CacheInvalidationPage> {
    return { data: await this.store.list(tenantScope(user)), nextCursor: null };
  }

  get(user: AuthenticatedUser, id: string): Promise<CacheInvalidation> {
    return found(isUuid(id) ? this.store.find(id, tenantScope(user)) : Promise.resolve(null), 'invalidation');
  }
}
