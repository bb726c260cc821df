import { Injectable } from '@nestjs/common';
import { WarmingStore, type WarmingTask } from '@relay/cache';
import type { CancelSignal } from '@relay/core';
import { InternalRequests } from '@relay/pipeline';
import { WarmingRequests } from './warming-requests';
import { SPENT, WarmingRound, type WarmingEnd, type WarmingParts } from './warming-round';

/** Batch work may stand in line for long. */
const DEADLINE_MS = 600_000;
const ONLY_FROM_CACHE = { 'cache-control': 'only-if-cached' };
const OK = 200;

/** Asks requests ahead of need, and keeps count in the row of the warming. */
@Injectable()
export class Warmer {
  constructor(
    private readonly store: WarmingStore,
    private readonly requests: WarmingRequests,
    private readonly internal: InternalRequests,
  ) {}

  /** False: interrupted by `stop`, to be run again. Of no effect for a warming that has ended. Rejects when the database is away. */
  async run(id: string, stop: CancelSignal): Promise<boolean> {
    const task = await this.store.begin(id);
    if (task === null) return true;
    const end = task.isSpent ? SPENT : await this.askAll(task, stop);
    if (end.kind === 'interrupted') return false;
    if (end.kind !== 'cancelled') await this.store.end(id, end.kind, end.reason);
    return true;
  }

  private async askAll(task: WarmingTask, stop: CancelSignal): Promise<WarmingEnd> {
    const bodies = await this.requests.of(task);
    await this.store.setTotal(task.id, bodies.length);
    const round = new WarmingRound(bodies, this.partsOf(task));
    const interrupt = (): void => round.interrupt();
    stop.addEventListener('abort', interrupt, { once: true });
    if (stop.aborted) interrupt();
    try {
      return await round.run();
    } finally {
      stop.removeEventListener('abort', interrupt);
    }
  }

  private partsOf({ id, tenant, scopes }: WarmingTask): WarmingParts {
    const asked = { tenantId: tenant, purpose: 'warm', deadlineMs: DEADLINE_MS, ...(scopes && { scopes }) } as const;
    return {
      ask: (body, signal) => this.internal.ask({ ...asked, body, signal }),
      finds: async (body, signal) => {
        const reply = await this.internal.ask({ ...asked, body, signal, headers: ONLY_FROM_CACHE });
        return reply.ok && reply.value.status === OK;
      },
      note: (step) => this.store.note(id, step),
    };
  }
}
