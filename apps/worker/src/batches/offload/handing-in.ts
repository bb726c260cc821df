import { Inject, Injectable, Logger } from '@nestjs/common';
import { ProviderBatchStore, type BatchTask, type ProviderBatch, type UpstreamBatch } from '@relay/batches';
import { ConfigStore } from '@relay/config';
import { BATCH_ENDPOINTS } from '@relay/contracts';
import { CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { BatchApiRefusal, changedNothing, type BatchApi, type Bundle } from '@relay/providers';
import { patiently } from '../../patiently';
import { refOf } from './names';
import { LEAST_WINDOW_MS } from './offloaded-line';
import { asProviders, throwAsProviders } from './provider-fault';
import { waitMs } from './times';

const MAX_TRIES = 6;
/** Lines that could not be handed in for so long are asked one by one: the policy that let them go may be another one by now. */
const HAND_IN_MS = 600_000;
/** What a provider has taken is stored, should the database be away for so long; ms. */
const STORE_PATIENCE_MS = 60_000;

/** Hands a batch in. Each step is stored before it is taken, so that whoever goes on knows what the provider may have heard. */
@Injectable()
export class HandingIn {
  private readonly logger = new Logger(HandingIn.name);

  constructor(
    private readonly store: ProviderBatchStore,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** True if lines came back. Rejects with the provider's faults where it is to be tried again in the same way. */
  async handIn(task: BatchTask, one: ProviderBatch, api: BatchApi, signal: CancelSignal): Promise<boolean> {
    const found =
      one.phase === 'submitting' && api.finds ? await api.find(refOf(one), signal).catch(throwAsProviders) : null;
    if (found !== null) return this.begun(one, found, api);
    const isUnsure = one.phase === 'submitting';
    const problem = this.problemOf(task, one, isUnsure && !api.finds);
    if (problem !== null) return this.store.giveBack(one, problem, isUnsure);
    const lines = await this.store.lines(one);
    if (lines.length === 0) return this.store.giveBack(one, 'none of its lines is left', isUnsure);
    const ref = refOf(one);
    const handed = lines.map(({ index, body }) => ({ id: `${ref}-${index}`, body }));
    const bundle = { ref, operation: BATCH_ENDPOINTS[task.endpoint], lines: handed };
    try {
      const files = one.files.length > 0 ? one.files : await this.upload(one, bundle, api, signal);
      return files === null ? false : await this.submit(one, bundle, files, api);
    } catch (error) {
      if (error instanceof BatchApiRefusal && error.isFinal) return this.refused(one, error, api);
      throw error;
    }
  }

  private problemOf({ expiresAt }: BatchTask, one: ProviderBatch, isLost: boolean): string | null {
    const now = this.clock.now();
    if (isLost) return 'the provider may have it, and cannot say so';
    if (expiresAt - now < LEAST_WINDOW_MS) return 'there was too little time left';
    return one.tries >= MAX_TRIES || now - one.createdAt >= HAND_IN_MS ? 'it could not be handed in' : null;
  }

  /** Null: somebody else has the batch. */
  private async upload(
    one: ProviderBatch,
    bundle: Bundle,
    api: BatchApi,
    signal: CancelSignal,
  ): Promise<readonly string[] | null> {
    const files = await api.upload(bundle, signal).catch(throwAsProviders);
    if (files.length === 0 || (await this.store.uploaded(one, files, api.protocol))) return files;
    await this.store.strand(one, { upstream: null, files, protocol: api.protocol });
    return null;
  }

  private async submit(one: ProviderBatch, bundle: Bundle, files: readonly string[], api: BatchApi): Promise<boolean> {
    if (!(await this.store.submitting(one, api.protocol))) return false;
    try {
      return await this.begun(one, await api.submit(bundle, files).catch(throwAsRefusedBy), api);
    } catch (error) {
      if (!(error instanceof NotSubmitted)) throw error;
      return this.refused(one, error.cause, api);
    }
  }

  /** What was made by somebody who had lost the batch is not the one that is looked after. */
  private async begun(one: ProviderBatch, upstream: UpstreamBatch, api: BatchApi): Promise<false> {
    const { files } = upstream;
    await patiently(this.clock, STORE_PATIENCE_MS, async () => {
      if (await this.store.wait(one, 'running', this.firstWaitMs, upstream)) return;
      await this.store.strand(one, { upstream, files, protocol: api.protocol });
    });
    return false;
  }

  private async refused(one: ProviderBatch, error: unknown, api: BatchApi): Promise<boolean> {
    const reason = String(asProviders(error).message).slice(0, MAX_REASON_CHARS);
    this.logger.warn(`The batch ${one.id} was not handed in to ${one.provider}: ${reason}`);
    const isUndone = changedNothing(error);
    if (error instanceof BatchApiRefusal && error.isFinal) return this.store.giveBack(one, reason);
    if (!isUndone && !api.finds) return this.store.giveBack(one, reason);
    await this.store.wait(one, isUndone ? 'new' : 'submitting', waitMs(this.firstWaitMs, one.polls), null);
    return false;
  }

  private get firstWaitMs(): number {
    return this.config.current.batches.providerPollMs;
  }
}

const MAX_REASON_CHARS = 500;

/** The order failed, and nothing else. */
class NotSubmitted extends Error {}

function throwAsRefusedBy(cause: unknown): never {
  throw new NotSubmitted('', { cause });
}
