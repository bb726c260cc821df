import type { BatchTask, OffloadStore, ProviderBatch, UpstreamBatch } from '@relay/batches';
import type { ConfigStore } from '@relay/config';
import { Cancellation } from '@relay/core';
import { type BatchApi, BatchApiRefusal, type BatchApis, type ProviderBatchState } from '@relay/providers';
import { FakeClock } from '@relay/testing';
import { Logger } from '@nestjs/common';
import { OffloadRound } from './offload-round';

const HOUR_MS = 3_600_000;
const POLL_MS = 30_000;
const REF = 'a'.repeat(32);
const UPSTREAM: UpstreamBatch = { id: 'there', files: ['in'] };
const ONE: ProviderBatch = {
  ...{ id: 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa', batchId: 'batch_1', provider: 'mock', model: 'up' },
  ...{ phase: 'running', upstream: UPSTREAM, tries: 1, polls: 1 },
};

describe('a round of what waits at providers', () => {
  let clock: FakeClock;
  let done: string[];
  let due: ProviderBatch[];
  let state: ProviderBatchState | Error;
  let submitted: UpstreamBatch | Error;
  let found: UpstreamBatch | null;
  let results: string[];
  let round: OffloadRound;
  let hasApi: boolean;
  beforeAll(() => void Logger.overrideLogger(false));

  beforeEach(() => {
    [clock, done, due, results, hasApi] = [new FakeClock(), [], [ONE], [], true];
    [state, submitted, found] = [{ kind: 'running' }, UPSTREAM, null];
    const note = (what: string) => Promise.resolve(void done.push(what));
    const orThrow = <T>(value: T | Error): Promise<T> =>
      value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
    const store: Partial<OffloadStore> = {
      isAway: () => Promise.resolve(true),
      bundle: () => Promise.resolve(false),
      takeBack: () => note('take back'),
      next: () => Promise.resolve(due.shift() ?? null),
      lines: () => Promise.resolve([{ batchId: 'batch_1', index: 7, body: Buffer.from('{}') }]),
      submitting: () => note('submitting'),
      wait: (_id, phase, afterMs, upstream) => note(`wait ${phase} ${afterMs} ${upstream?.id ?? '-'}`),
      keep: (_one, kept) => note(`keep ${kept.map(({ index, status }) => `${index}:${status}`).join()}`),
      end: (_one, reason) => note(`end: ${reason}`),
    };
    const api: Partial<BatchApi> = {
      find: () => Promise.resolve(found),
      submit: ({ lines }) => {
        done.push(`submit ${lines.map(({ id }) => id).join()}`);
        return orThrow(submitted);
      },
      poll: () => orThrow(state),
      async *results() {
        yield await Promise.resolve(Buffer.from(results.join('\n')));
      },
      readResult: (line) => {
        const [id = '', status = ''] = line.toString().split(' ');
        return id === '?' ? null : { id, status: Number(status), body: Buffer.from('{}') };
      },
      cancel: () => note('cancel'),
      forget: () => note('forget'),
    };
    const apis = { of: () => (hasApi ? api : null) } as unknown as BatchApis;
    const config = { current: { batches: { providerPollMs: POLL_MS } } } as ConfigStore;
    round = new OffloadRound(store as OffloadStore, apis, config, clock);
  });
  const run = async (leftMs = 24 * HOUR_MS): Promise<boolean> => {
    const task = { id: 'batch_1', endpoint: '/v1/chat/completions', expiresAt: clock.now() + leftMs } as BatchTask;
    return (await round.run(task, new Cancellation())).back;
  };
  const fresh = { ...ONE, phase: 'new', upstream: null, tries: 0, polls: 0 } as const;

  it('hands in under names of its own, and says so in the database before', async () => {
    due = [fresh];
    expect(await run()).toBe(false);
    expect(done).toEqual(['submitting', `submit ${REF}-7`, `wait running ${POLL_MS} there`]);
  });

  it('does not hand in again what its provider has already', async () => {
    due = [{ ...fresh, phase: 'submitting', tries: 1 }];
    found = { id: 'found', files: [] };
    await run();
    expect(done).toEqual([`wait running ${POLL_MS} found`]);
  });

  it('gives lines back that a provider refuses for good, and tries again where it does not answer', async () => {
    due = [fresh];
    submitted = new BatchApiRefusal('mock', 400, 'no');
    expect(await run()).toBe(true);
    expect(done.at(-1)).toBe('end: provider mock refused with 400: no');
    for (const fault of [new BatchApiRefusal('mock', 503, ''), new Error('ECONNRESET')]) {
      [due, submitted] = [[fresh], fault];
      expect(await run()).toBe(false);
      expect(done.at(-1)).toMatch(/^wait submitting/);
    }
  });

  it('gives up after some tries', async () => {
    due = [{ ...fresh, phase: 'submitting', tries: 6 }];
    expect(await run()).toBe(true);
    expect(done).toEqual(['end: it could not be handed in']);
  });

  it('asks less and less often how far a batch is', async () => {
    for (const polls of [1, 2, 3, 9]) {
      due = [{ ...ONE, polls }];
      await run();
    }
    expect(done).toEqual([2, 4, 8, 10].map((times) => `wait running ${times * POLL_MS} -`));
  });

  it('keeps answers, leaves what another call may do better to one, and what is not its own alone', async () => {
    state = { kind: 'ended', how: 'completed', batch: UPSTREAM };
    results = [
      `${REF}-1 200`,
      '?',
      `${REF}-2 500`,
      `${REF}-3 429`,
      `${REF}-4 400`,
      `${'b'.repeat(32)}-5 200`,
      `${REF}-x 200`,
    ];
    expect(await run()).toBe(true);
    expect(done).toEqual(['keep 1:200,4:400', 'end: completed', 'forget']);
  });

  it('gives all back that a provider does not know any more, or has no batches for', async () => {
    state = { kind: 'lost' };
    expect(await run()).toBe(true);
    [due, hasApi] = [[ONE], false];
    expect(await run()).toBe(true);
    expect(done).toEqual(['end: the provider does not know it', 'end: the provider has no batches any more']);
  });

  it('tells a provider to stop an hour before the window ends, and does not wait for ever that it does', async () => {
    await run(HOUR_MS - 1);
    expect(done).toEqual(['take back', 'cancel', `wait cancelling ${POLL_MS} -`]);
    [due, done] = [[{ ...ONE, phase: 'cancelling' }], []];
    expect(await run(HOUR_MS / 2 - 1)).toBe(true);
    expect(done).toEqual(['take back', 'end: it did not end in time']);
  });

  it('bears a provider that is away', async () => {
    state = new Error('ECONNREFUSED');
    expect(await run()).toBe(false);
    expect(done).toEqual([`wait running ${2 * POLL_MS} -`]);
    [due, done] = [[ONE], []];
    expect(await run(HOUR_MS / 2 - 1)).toBe(true);
  });

  it('tells a provider once that nobody wants its batch, and when it has stopped, to forget', async () => {
    await round.abandon('batch_1');
    expect(done).toEqual(['cancel', `wait cancelling ${POLL_MS} there`]);
    [due, done, state] = [[{ ...ONE, phase: 'cancelling' }], [], { kind: 'ended', how: 'cancelled', batch: UPSTREAM }];
    await round.abandon('batch_1');
    expect(done).toEqual(['forget', 'end: it was cancelled']);
  });
});
