import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InvalidationStore } from './invalidation-store';
import { Invalidations } from './invalidations.service';

/**
 * Entries in the database outlive the process, which alone knows the marks where there is no Redis, and a Redis that lost its data: what
 * was void and is not removed yet is so again before the first request is served.
 */
@Injectable()
export class UnfinishedInvalidations implements OnModuleInit {
  constructor(
    private readonly store: InvalidationStore,
    private readonly invalidations: Invalidations,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const { named, epoch } of await this.store.open()) this.invalidations.remember(named, epoch);
  }
}
