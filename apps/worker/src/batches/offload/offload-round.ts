import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { OffloadStore, splitLines, type BatchTask, type ProviderBatch, type UpstreamBatch } from '@relay/batches';
import { ConfigStore } from '@relay/config';
import { BATCH_ENDPOINTS, type BatchEndpoint } from '@relay/contracts';
import { CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { BatchApis, BatchApiRefusal, type BatchApi, type HandedResult } from '@relay/providers';
import { holding } from './holding';
import { LEAST_WINDOW_MS } from './offloaded-line';

/** So long before the window ends a provider is told to stop: what it has not answered is asked as any other line. */
const STOP_BEFORE_MS = 3_600_000;
/** A provider that was told to stop, and does not, is not waited for any longer than this before the end. */
const LEAVE_BEFORE_MS = 1_800_000;
const MAX_TRIES = 6;
/** Times the first wait: the longest one. */
const MAX_WAIT_FACTOR = 10;
/** A line of a provider's results may have so many bytes. */
const MAX_RESULT_BYTES = 67_108_864;
/** Answers that are stored in one statement: so many, or so many bytes. */
const RESULTS_AT_ONCE = 200;
const BYTES_AT_ONCE = 4_194_304;
/** What the provider says of a line that is no answer: another call may do better. */
const COME_AGAIN: ReadonlySet<number> = new Set([401, 402, 403, 408, 409, 425, 429]);
const SERVER_FAULT = 500;

/** How lines of one batch are that are with providers. */
export interface OffloadState {
  /** Some are there, or on their way. */
  readonly away: boolean;
  /** Some came back: they are handed out again. */
  readonly back: boolean;
}

/** Batches of one round of maintenance. */
const MAX_ORPHANS = 100;
const NOTHING: OffloadState = { away: false, back: false };

/** Looks after what waits in batches of providers: hands it in, asks how far it is, takes what came of it. One step of each that is due. */
@Injectable()
export class OffloadRound {
  private readonly logger = new Logger(OffloadRound.name);

  constructor(
    private readonly store: OffloadStore,
    private readonly apis: BatchApis,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Rejects when the database is away. */
  async run(task: BatchTask, stop: CancelSignal): Promise<OffloadState> {
    if (!(await this.store.isAway(task.id))) return NOTHING;
    if (this.leftMs(task) < LEAST_WINDOW_MS) await this.store.takeBack(task.id);
    else while (!stop.aborted && (await this.store.bundle(task.id, randomUUID(), this.clock.now())));
    let back = false;
    while (!stop.aborted) {
      const one = await this.store.next(task.id);
      if (one === null) break;
      if (await this.held(one, () => this.step(task, one))) back = true;
    }
    return { away: true, back };
  }

  /** Its batch does not go on: providers are told to stop, each once, and nothing of theirs is waited for. Rejects when the database is away. */
  async abandon(batchId: string): Promise<void> {
    const seen = new Set<string>();
    for (;;) {
      const one = await this.store.next(batchId, true);
      if (one === null || seen.has(one.id)) return;
      seen.add(one.id);
      await this.held(one, () => this.giveUp(one));
    }
  }

  /** The same of batches that ended before a provider could be told. */
  async abandonOrphans(): Promise<void> {
    for (const id of await this.store.orphans(MAX_ORPHANS)) await this.abandon(id);
  }

  private held<T>(one: ProviderBatch, work: () => Promise<T>): Promise<T> {
    return holding(this.clock, () => this.store.hold(one.id), work);
  }

  /** True if lines came back. What a provider does wrong is no fault of the batch: it is looked at again later. */
  private async step(task: BatchTask, one: ProviderBatch): Promise<boolean> {
    const api = this.apis.of(one.provider);
    if (api === null) return this.end(one, 'the provider has no batches any more');
    try {
      if (one.upstream === null) return await this.handIn(task, one, api);
      return await this.look(task, one, one.upstream, api);
    } catch (error) {
      if (!isProviders(error)) throw error;
      this.logger.warn(`The batch ${one.id} at ${one.provider} is looked at again later: ${String(error)}`);
      if (this.leftMs(task) < LEAVE_BEFORE_MS) return this.end(one, String(error));
      const phase = one.upstream === null ? 'submitting' : one.phase; // it may be there all the same
      await this.store.wait(one.id, phase, this.waitMs(one), null);
      return false;
    }
  }

  /** Who died after the provider was told, and before that was stored, left one behind that is found again by its name. */
  private async handIn(task: BatchTask, one: ProviderBatch, api: BatchApi): Promise<boolean> {
    if (this.leftMs(task) < LEAST_WINDOW_MS) return this.end(one, 'there was too little time left');
    const ref = refOf(one);
    const found = one.phase === 'submitting' ? await api.find(ref).catch(throwAsProviders) : null;
    if (found === null && one.tries >= MAX_TRIES) return this.end(one, 'it could not be handed in');
    const upstream = found ?? (await this.submit(task.endpoint, one, ref, api));
    if (upstream === null) return true;
    await this.store.wait(one.id, 'running', this.firstWaitMs, upstream);
    return false;
  }

  /** Null: it was refused for good. */
  private async submit(
    endpoint: BatchEndpoint,
    one: ProviderBatch,
    ref: string,
    api: BatchApi,
  ): Promise<UpstreamBatch | null> {
    const lines = await this.store.lines(one);
    await this.store.submitting(one.id);
    try {
      const handed = lines.map(({ index, body }) => ({ id: `${ref}-${index}`, body }));
      return await api.submit({ ref, operation: BATCH_ENDPOINTS[endpoint], lines: handed });
    } catch (error) {
      if (!(error instanceof BatchApiRefusal) || !error.isFinal) throw asProviders(error);
      await this.end(one, error.message);
      return null;
    }
  }

  private async look(task: BatchTask, one: ProviderBatch, upstream: UpstreamBatch, api: BatchApi): Promise<boolean> {
    const leftMs = this.leftMs(task);
    const state = await api.poll(upstream).catch(throwAsProviders);
    if (state.kind === 'lost') return this.end(one, 'the provider does not know it');
    if (state.kind === 'ended') {
      await this.collect(one, state.batch, api);
      await this.end(one, state.how);
      await this.forget(one, state.batch, api);
      return true;
    }
    if (leftMs < LEAVE_BEFORE_MS) return this.end(one, 'it did not end in time');
    const stops = leftMs < STOP_BEFORE_MS;
    if (stops && one.phase !== 'cancelling') await api.cancel(upstream).catch(throwAsProviders);
    await this.store.wait(one.id, stops ? 'cancelling' : 'running', stops ? this.firstWaitMs : this.waitMs(one), null);
    return false;
  }

  /** Stores what the provider answered. Done again after an interruption, it stores the rest. */
  private async collect(one: ProviderBatch, upstream: UpstreamBatch, api: BatchApi): Promise<void> {
    let [held, bytes]: [Answer[], number] = [[], 0];
    const store = async (): Promise<void> => {
      if (held.length > 0) await this.store.keep(one, held, this.clock.now());
      [held, bytes] = [[], 0];
    };
    for await (const line of splitLines(reading(api.results(upstream)), MAX_RESULT_BYTES)) {
      const answer = 'bytes' in line ? answerIn(api.readResult(line.bytes), refOf(one)) : null;
      if (answer === null) continue;
      held.push(answer);
      bytes += answer.body.length;
      if (held.length >= RESULTS_AT_ONCE || bytes >= BYTES_AT_ONCE) await store();
    }
    await store();
  }

  /** It is told to stop, and when it has, to forget. One that was being handed in when its worker died may be there as well. */
  private async giveUp(one: ProviderBatch): Promise<void> {
    const api = this.apis.of(one.provider);
    try {
      const upstream = one.upstream ?? (one.phase === 'submitting' ? ((await api?.find(refOf(one))) ?? null) : null);
      const isOver = api === null || upstream === null || (await this.hasStopped(one, upstream, api));
      if (isOver || one.polls >= MAX_GIVE_UPS) return await this.store.end(one, 'it was cancelled');
      await this.store.wait(one.id, 'cancelling', this.firstWaitMs, upstream);
    } catch (error) {
      this.logger.warn(`The batch ${one.id} at ${one.provider} could not be cancelled: ${String(error)}`);
      if (one.polls >= MAX_GIVE_UPS) return this.store.end(one, 'it could not be cancelled');
      await this.store.wait(one.id, one.phase, this.firstWaitMs, null);
    }
  }

  private async hasStopped(one: ProviderBatch, upstream: UpstreamBatch, api: BatchApi): Promise<boolean> {
    if (one.phase !== 'cancelling') await api.cancel(upstream);
    const state = await api.poll(upstream);
    if (state.kind === 'ended') await this.forget(one, state.batch, api);
    return state.kind !== 'running';
  }

  /** What the provider keeps is not needed any more; it does so for a month at most if it cannot be told. */
  private async forget(one: ProviderBatch, upstream: UpstreamBatch, api: BatchApi): Promise<void> {
    await api.forget(upstream).catch((error: unknown) => {
      this.logger.warn(`What ${one.provider} keeps of the batch ${one.id} could not be removed: ${String(error)}`);
    });
  }

  private async end(one: ProviderBatch, reason: string): Promise<true> {
    await this.store.end(one, reason.slice(0, MAX_REASON_CHARS));
    return true;
  }

  private get firstWaitMs(): number {
    return this.config.current.batches.providerPollMs;
  }

  /** Twice as long each time. */
  private waitMs({ polls }: ProviderBatch): number {
    return this.firstWaitMs * Math.min(MAX_WAIT_FACTOR, 2 ** Math.min(polls, 8));
  }

  private leftMs({ expiresAt }: BatchTask): number {
    return expiresAt - this.clock.now();
  }
}

const MAX_REASON_CHARS = 500;
/** A round of maintenance is a minute: a provider has more than an hour to stop. */
const MAX_GIVE_UPS = 100;

type Answer = Omit<HandedResult, 'id'> & { readonly index: number };

/** What the provider knows it by: it says nothing of tenants. */
const refOf = ({ id }: ProviderBatch): string => id.replaceAll('-', '');

/** Null where another call may do better, or where it is no line of this batch. */
function answerIn(result: HandedResult | null, ref: string): Answer | null {
  if (result === null || result.status >= SERVER_FAULT || COME_AGAIN.has(result.status)) return null;
  const [of, index] = result.id.split('-');
  return of === ref && /^\d+$/.test(index ?? '')
    ? { index: Number(index), status: result.status, body: result.body }
    : null;
}

/** A fault of the provider, or of the way to it; all others are the relay's. */
class ProviderFault extends Error {}

const isProviders = (error: unknown): boolean => error instanceof ProviderFault || error instanceof BatchApiRefusal;
const asProviders = (error: unknown): Error =>
  error instanceof BatchApiRefusal ? error : new ProviderFault(String(error), { cause: error });

function throwAsProviders(error: unknown): never {
  throw asProviders(error);
}

async function* reading(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throwAsProviders(error);
  }
}
