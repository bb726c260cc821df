import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  OffloadStore,
  ProviderBatchStore,
  type BatchTask,
  type OutThere,
  type ProviderBatch,
  type UpstreamBatch,
} from '@relay/batches';
import { ConfigStore } from '@relay/config';
import { CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { BatchApis, type BatchApi } from '@relay/providers';
import { collect } from './collecting';
import { HandingIn } from './handing-in';
import { holding } from './holding';
import { LEAST_WINDOW_MS } from './offloaded-line';
import { OwedBatches } from './owed';
import { isProviders, throwAsProviders } from './provider-fault';
import { leaveBeforeMs, stopBeforeMs, waitMs } from './times';

/** Of a worker's lanes one in so many may talk with providers at a time, and one in any case: a provider that is slow leaves the others. */
const LANES_FOR_ONE = 4;
/** Ending what came back keeps its lines waiting for so long at most; maintenance goes on with it. */
const END_AT_ONCE_MS = 10_000;
/** The same of one round of maintenance, which has other things to do. */
const END_ALL_MS = 20_000;

/** What is with providers is looked after so often at most: what falls due in between waits until then. */
const LOOK_EVERY_MS = 2_000;
/** One that is to stop is asked so often whether it has. */
const STOP_POLL_MS = 5_000;

/** How lines of one batch are that are with providers. */
export interface OffloadState {
  /** Some are there, or on their way. */
  readonly away: boolean;
  /** Some came back: they are handed out again. */
  readonly back: boolean;
}

const NOTHING: OffloadState = { away: false, back: false };

/** Looks after what waits in batches of providers: hands it in, asks how far it is, takes what came of it. One step of each that is due. */
@Injectable()
export class OffloadRound {
  private readonly logger = new Logger(OffloadRound.name);
  private talking = 0; // lanes that are with providers now

  constructor(
    private readonly lines: OffloadStore,
    private readonly store: ProviderBatchStore,
    private readonly handing: HandingIn,
    private readonly owed: OwedBatches,
    private readonly apis: BatchApis,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How long after one round the next one is due, ms. */
  get lookEveryMs(): number {
    return Math.min(LOOK_EVERY_MS, this.firstWaitMs);
  }

  /** Begins no step after `until`, monotonic, ms. Rejects when the database is away. */
  async run(task: BatchTask, stop: CancelSignal, until: number): Promise<OffloadState> {
    const out = await this.lines.out(task.id);
    if (!out.away) return NOTHING;
    const now = this.clock.now();
    const isLate = task.expiresAt - now < LEAST_WINDOW_MS;
    // However long nobody has looked: only what is in a bundle could be handed in, and is given up by the age of that.
    let back = isLate && (await this.lines.takeBack(task.id));
    let batches = out.batches;
    while (!stop.aborted && (await this.store.bundle(task.id, randomUUID(), now))) batches++;
    if (this.talking >= Math.max(1, Math.floor(this.config.current.batches.concurrency / LANES_FOR_ONE)))
      return { away: true, back };
    this.talking++;
    try {
      back = (await this.pass(task, { ...out, batches }, stop, until)) || back;
    } finally {
      this.talking--;
    }
    return { away: true, back };
  }

  /**
   * Its batch was cancelled: what its providers have answered by then is fetched, as they charge for it, and they are told to stop. True:
   * some have not stopped yet. Rejects when the database is away.
   */
  async windDown({ id }: BatchTask, stop: CancelSignal, until: number): Promise<boolean> {
    while (!stop.aborted && this.clock.monotonic() < until) {
      const one = await this.store.nextToStop(id);
      if (one === null) break;
      const hold = (): Promise<boolean> => this.store.hold(one);
      await holding(this.clock, stop, hold, (signal) => this.stopOne(one, signal));
    }
    return this.store.isStopping(id);
  }

  private async stopOne(one: ProviderBatch, signal: CancelSignal): Promise<void> {
    const api = this.apis.of(one.provider);
    if (api === null || one.upstream === null)
      return void (await this.store.giveBack(one, 'the provider has no batches any more'));
    try {
      const state = await api.poll(one.upstream, signal).catch(throwAsProviders);
      if (state.kind === 'lost') return void (await this.store.giveBack(one, 'the provider does not know it'));
      if (state.kind === 'ended') {
        await collect(one, api.results(state.batch, signal), { store: this.store, api, clock: this.clock });
        return void (await this.store.giveBack(one, state.how));
      }
      await api.cancel(one.upstream, signal).catch(throwAsProviders);
    } catch (error) {
      if (!isProviders(error)) throw error;
      this.logger.warn(`The batch ${one.id} at ${one.provider} could not be stopped yet: ${String(error)}`);
    }
    await this.store.wait(one, 'cancelling', Math.min(STOP_POLL_MS, this.firstWaitMs), null);
  }

  /** Its batch does not go on: providers are told to stop, and nothing of theirs is waited for. Rejects when the database is away. */
  async abandon(batchId: string): Promise<void> {
    await this.store.disown(batchId);
    await this.owed.workOff(batchId, END_AT_ONCE_MS);
  }

  /** Ends at providers what could not be ended before. */
  endOwed(): Promise<void> {
    return this.owed.workOff(null, END_ALL_MS);
  }

  /** Each once at most. True if lines came back. */
  private async pass(task: BatchTask, out: OutThere, stop: CancelSignal, until: number): Promise<boolean> {
    let back = false;
    for (let left = out.batches; left > 0 && !stop.aborted && this.clock.monotonic() < until; left--) {
      const one = await this.store.next(task.id);
      if (one === null) break;
      const hold = (): Promise<boolean> => this.store.hold(one);
      if (await holding(this.clock, stop, hold, (signal) => this.step(task, one, out.lines, signal))) back = true;
    }
    if (back) await this.owed.workOff(task.id, END_AT_ONCE_MS, stop);
    return back;
  }

  /** True if lines came back. What a provider does wrong is no fault of the batch: it is looked at again later. */
  private async step(task: BatchTask, one: ProviderBatch, lines: number, signal: CancelSignal): Promise<boolean> {
    const api = this.apis.of(one.provider);
    if (api === null)
      return this.store.giveBack(one, 'the provider has no batches any more', one.phase === 'submitting');
    try {
      if (one.upstream === null) return await this.handing.handIn(task, one, api, signal);
      return await this.look(task, { one, upstream: one.upstream, lines }, api, signal);
    } catch (error) {
      if (!isProviders(error)) throw error;
      if (signal.aborted) {
        await this.store.release(one);
        return false;
      }
      this.logger.warn(`The batch ${one.id} at ${one.provider} is looked at again later: ${String(error)}`);
      if (this.leftMs(task) < leaveBeforeMs(lines))
        return this.store.giveBack(one, String(error).slice(0, MAX_REASON_CHARS), one.phase === 'submitting');
      await this.store.wait(one, one.phase, waitMs(this.firstWaitMs, one.polls), null);
      return false;
    }
  }

  private async look(
    task: BatchTask,
    { one, upstream, lines }: { one: ProviderBatch; upstream: UpstreamBatch; lines: number },
    api: BatchApi,
    signal: CancelSignal,
  ): Promise<boolean> {
    const leftMs = this.leftMs(task);
    const state = await api.poll(upstream, signal).catch(throwAsProviders);
    if (state.kind === 'lost') return this.store.giveBack(one, 'the provider does not know it');
    if (state.kind === 'ended') {
      await collect(one, api.results(state.batch, signal), { store: this.store, api, clock: this.clock });
      return this.store.giveBack(one, state.how);
    }
    if (leftMs < leaveBeforeMs(lines)) return this.store.giveBack(one, 'it did not end in time');
    const stops = leftMs < stopBeforeMs(lines);
    if (stops && one.phase !== 'cancelling') await api.cancel(upstream, signal).catch(throwAsProviders);
    const waits = stops ? this.firstWaitMs : waitMs(this.firstWaitMs, one.polls);
    await this.store.wait(one, stops ? 'cancelling' : 'running', waits, null);
    return false;
  }

  private get firstWaitMs(): number {
    return this.config.current.batches.providerPollMs;
  }

  private leftMs({ expiresAt }: BatchTask): number {
    return expiresAt - this.clock.now();
  }
}

const MAX_REASON_CHARS = 500;
