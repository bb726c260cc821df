import { Inject, Injectable, Logger } from '@nestjs/common';
import { ProviderBatchStore, type ProviderBatch } from '@relay/batches';
import { ConfigStore } from '@relay/config';
import { Cancellation, CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { BatchApis, BatchApiRefusal, type BatchApi } from '@relay/providers';
import { holding } from './holding';
import { refOf } from './names';
import { isProviders, throwAsProviders } from './provider-fault';
import { owedWaitMs } from './times';

/** Each hour in the end: more than a week. */
const MAX_TRIES = 200;
/** A key that is replaced meanwhile may do. */
const NOT_ALLOWED: ReadonlySet<number> = new Set([401, 403]);

/** Ends at providers what is over here: it is stopped, and what they keep of it is removed. No line waits for that. */
@Injectable()
export class OwedBatches {
  private readonly logger = new Logger(OwedBatches.name);

  constructor(
    private readonly store: ProviderBatchStore,
    private readonly apis: BatchApis,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those of this batch, or of any, whose time has come, one after the other for so long at most. Rejects when the database is away. */
  async workOff(batchId: string | null, limitMs: number, stop: CancelSignal = new Cancellation()): Promise<void> {
    const over = new Cancellation();
    const end = (): void => over.abort();
    const cancel = this.clock.after(limitMs, end);
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    try {
      while (!over.aborted) {
        const one = await this.store.nextOwed(batchId);
        if (one === null) return;
        await holding(
          this.clock,
          over,
          () => this.store.hold(one),
          (signal) => this.end(one, signal),
        );
      }
    } finally {
      cancel();
      stop.removeEventListener('abort', end);
    }
  }

  private async end(one: ProviderBatch, signal: CancelSignal): Promise<void> {
    const api = this.apis.toEnd(one.provider, one.protocol);
    try {
      if (api === null || (await this.isOver(one, api, signal))) await this.ended(one, api);
    } catch (error) {
      if (!isProviders(error)) throw error;
      this.logger.warn(`The batch ${one.id} at ${one.provider} could not be ended: ${String(error)}`);
      await this.later(one);
    }
  }

  /** The provider is told to stop until it has. One that was being handed in when its worker died may be there as well. */
  private async isOver(one: ProviderBatch, api: BatchApi, signal: CancelSignal): Promise<boolean> {
    const isSought = one.upstream === null && one.unsure && api.finds;
    const upstream = isSought ? await api.find(refOf(one), signal).catch(throwAsProviders) : one.upstream;
    const { files } = upstream ?? one;
    if (upstream === null) return this.forget(one, api.forget({ id: null, files }, signal));
    const state = await api.poll(upstream, signal).catch(throwAsProviders);
    if (state.kind !== 'running')
      return this.forget(one, api.forget(state.kind === 'ended' ? state.batch : upstream, signal));
    await api.cancel(upstream, signal).catch(throwAsProviders);
    await this.store.wait(one, 'owed', owedWaitMs(this.firstWaitMs, one.polls), upstream);
    return false;
  }

  /** What a provider does not want to remove stays. */
  private async forget(one: ProviderBatch, forgetting: Promise<void>): Promise<true> {
    await forgetting.catch((error: unknown) => {
      if (!(error instanceof BatchApiRefusal) || !error.isFinal || NOT_ALLOWED.has(error.status))
        throwAsProviders(error);
      this.logger.warn(`What ${one.provider} keeps of the batch ${one.id} could not be removed: ${String(error)}`);
    });
    return true;
  }

  private async ended(one: ProviderBatch, api: BatchApi | null): Promise<void> {
    const isThere = one.upstream !== null || one.unsure || one.files.length > 0;
    if (api !== null || !isThere) return void (await this.store.done(one));
    this.logger.warn(`The batch ${one.id} cannot be ended: the configuration does not know ${one.provider} any more`);
    await this.later(one);
  }

  private async later(one: ProviderBatch): Promise<void> {
    if (one.polls < MAX_TRIES) {
      await this.store.wait(one, 'owed', owedWaitMs(this.firstWaitMs, one.polls), null);
      return;
    }
    const there = `${one.upstream?.id ?? 'no batch'}, files ${(one.upstream?.files ?? one.files).join(', ') || 'none'}`;
    this.logger.error(`What ${one.provider} has of the batch ${one.id} stays there: ${there}`);
    await this.store.done(one);
  }

  private get firstWaitMs(): number {
    return this.config.current.batches.providerPollMs;
  }
}
