import { Inject, Injectable } from '@nestjs/common';
import { WarmingStore, type WarmingTask } from '@relay/cache';
import { HEADERS, type WarmingProgress } from '@relay/contracts';
import { CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { InternalRequests } from '@relay/pipeline';
import { WarmingRequests } from './warming-requests';
import { SPENT, WarmingRound, type WarmingEnd, type WarmingParts } from './warming-round';

/** Batch work may stand in line for long. */
const DEADLINE_MS = 600_000;
const ONLY_FROM_CACHE = { 'cache-control': 'only-if-cached' };
const OK = 200;

/** After so long the warmings of other tenants go first, as soon as what is being asked is answered. */
const TURN_MS = 30_000;

/** `later`: another one of its tenant is running. Else how far it is: there is more to do. */
export type TurnEnd = 'ended' | 'interrupted' | 'later' | WarmingProgress;

/** Asks requests ahead of need, and keeps count in the row of the warming. */
@Injectable()
export class Warmer {
  constructor(
    private readonly store: WarmingStore,
    private readonly requests: WarmingRequests,
    private readonly internal: InternalRequests,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One turn, from where the one before was over. Of no effect for a warming that has ended. Rejects when the database is away. */
  async run(id: string, progress: WarmingProgress | undefined, stop: CancelSignal): Promise<TurnEnd> {
    const task = await this.store.begin(id, progress);
    if (task === null) return 'ended';
    if (task === 'later') return 'later';
    const end = task.isSpent ? SPENT : await this.ask(task, stop, progress);
    if (end.kind === 'interrupted') return 'interrupted';
    if (end.kind === 'turn') return this.progressOf(id, end.failedInARow);
    if (end.kind !== 'cancelled') await this.store.end(id, end.kind, end.reason);
    return 'ended';
  }

  private async progressOf(id: string, failedInARow: number): Promise<TurnEnd> {
    const warming = await this.store.find(id, null);
    if (warming === null) return 'ended';
    const { asked, cached, failed } = warming;
    return { asked, cached, failed, failedInARow };
  }

  private async ask(
    task: WarmingTask,
    stop: CancelSignal,
    { asked, failedInARow }: Pick<WarmingProgress, 'asked' | 'failedInARow'> = { asked: 0, failedInARow: 0 },
  ): Promise<WarmingEnd> {
    const bodies = await this.requests.of(task);
    await this.store.setTotal(task.id, bodies.length);
    const until = this.clock.monotonic() + TURN_MS;
    const turn = { asked, failedInARow, isOver: () => this.clock.monotonic() >= until };
    const round = new WarmingRound(bodies.slice(asked), this.partsOf(task), turn);
    const interrupt = (): void => round.interrupt();
    stop.addEventListener('abort', interrupt, { once: true });
    if (stop.aborted) interrupt();
    try {
      return await round.run();
    } finally {
      stop.removeEventListener('abort', interrupt);
    }
  }

  private partsOf({ id, tenant, scopes, tags }: WarmingTask): WarmingParts {
    const headers: Record<string, string> = tags ? { [HEADERS.tags]: tags.join() } : {};
    const asked = { tenantId: tenant, purpose: 'warm', deadlineMs: DEADLINE_MS, ...(scopes && { scopes }) } as const;
    return {
      ask: (body, signal) => this.internal.ask({ ...asked, headers, body, signal }),
      finds: async (body, signal) => {
        const reply = await this.internal.ask({ ...asked, body, signal, headers: { ...headers, ...ONLY_FROM_CACHE } });
        return reply.ok && reply.value.status === OK;
      },
      note: (step) => this.store.note(id, step),
    };
  }
}
