import { Injectable } from '@nestjs/common';
import {
  ExactCache,
  Invalidations,
  InvalidationStore,
  type OnBatch,
  SemanticStore,
  type InvalidationTask,
} from '@relay/cache';
import type { CacheCount } from '@relay/contracts';
import type { CancelSignal } from '@relay/core';

/** Removes the copies of what is void, and keeps count in the row of the invalidation. */
@Injectable()
export class Remover {
  constructor(
    private readonly store: InvalidationStore,
    private readonly invalidations: Invalidations,
    private readonly exact: ExactCache,
    private readonly semantic: SemanticStore,
  ) {}

  /** Goes on from where it was interrupted: what was removed is not found again. Rejects when a store is away. */
  async run(id: string, stop: CancelSignal): Promise<'ended' | 'interrupted'> {
    const task = await this.store.begin(id);
    if (task === null) return 'ended';
    this.invalidations.remember(task.named, task.epoch); // the job may be here before the mark
    if (!task.isCounted) await this.store.noteTotal(id, await this.count(task));
    for await (const removed of this.exact.removeVoid(task.named)) {
      await this.store.noteRemoved(id, removed);
      if (stop.aborted) return 'interrupted';
    }
    const note: OnBatch = (transaction, removed) => this.store.noteRemoved(id, removed, transaction);
    for await (const _removed of this.semantic.removeBefore(task.named, task.epoch, note)) {
      if (stop.aborted) return 'interrupted';
    }
    await this.store.end(id);
    return 'ended';
  }

  /** Of copies in Redis it is not known before they are read whether they are void: there may be fewer to remove. */
  private async count({ named, epoch }: InvalidationTask): Promise<CacheCount> {
    const [{ redis }, semantic] = await Promise.all([this.exact.count(named), this.semantic.count(named, epoch)]);
    const count = (redis?.count ?? 0) + semantic.count;
    return { count, atLeast: semantic.atLeast || redis?.atLeast === true };
  }
}
