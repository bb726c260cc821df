import type { BatchTask, OffloadStore, ProviderBatch, ProviderBatchStore, UpstreamBatch } from '@relay/batches';
import type { ConfigStore } from '@relay/config';
import { Cancellation } from '@relay/core';
import { type BatchApi, BatchApiRefusal, type BatchApis, type ProviderBatchState } from '@relay/providers';
import { FakeClock } from '@relay/testing';
import { Logger } from '@nestjs/common';
import { HandingIn } from './handing-in';
import { OffloadRound } from './offload-round';
import { OwedBatches } from './owed';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const POLL_MS = 30_000;
const SLICE_MS = 2_000;
const REF = 'a'.repeat(32);
const UPSTREAM: UpstreamBatch = { id: 'there', files: ['in'] };
const HELD = {
  ...{ id: 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa', batchId: 'batch_1', provider: 'mock', model: 'up', holder: 'h' },
  ...{ files: ['in'], protocol: 'openai', unsure: false, tries: 1, polls: 1 },
} as const;
const CONCURRENCY = 8; // lanes: two of them may be with providers

describe('a round of what waits at providers', () => {
  let clock: FakeClock;
  let done: string[];
  let due: ProviderBatch[];
  let owed: ProviderBatch[];
  let state: ProviderBatchState | Error;
  let uploads: string[] | Error;
  let submitted: UpstreamBatch | Error;
  let found: UpstreamBatch | null;
  let results: string[];
  let waits: (() => Promise<unknown>) | null; // what a poll waits for
  let gathered: number; // bundles that are to be made
  let has: { api: boolean; finds: boolean; lines: number; lost: string; goesOn: boolean };
  let stop: Cancellation;
  let pollMs: number;
  let round: OffloadRound;
  beforeAll(() => void Logger.overrideLogger(false));

  const ofPhase = (phase: ProviderBatch['phase'], more: Partial<ProviderBatch> = {}): ProviderBatch => ({
    ...{ ...HELD, phase, upstream: phase === 'new' || phase === 'submitting' ? null : UPSTREAM },
    ...{ createdAt: clock.now(), ...more },
  });
  const fresh = (more: Partial<ProviderBatch> = {}): ProviderBatch =>
    ofPhase('new', { files: [], protocol: null, tries: 0, polls: 0, ...more });

  beforeEach(() => {
    [clock, done, owed, results, waits, stop] = [new FakeClock(), [], [], [], null, new Cancellation()];
    [state, submitted, found, due] = [{ kind: 'running' }, UPSTREAM, null, [ofPhase('running')]];
    [uploads, gathered, pollMs] = [['in'], 0, POLL_MS];
    has = { api: true, finds: true, lines: 0, lost: '', goesOn: true };
    const note = (what: string): Promise<boolean> => {
      done.push(what);
      return Promise.resolve(has.lost === '' || !what.startsWith(has.lost));
    };
    const noted = async (what: string): Promise<void> => void (await note(what));
    const orThrow = <T>(value: T | Error): Promise<T> =>
      value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
    const lines: Partial<OffloadStore> = {
      out: () => Promise.resolve({ away: true, batches: due.length, lines: has.lines }),
      takeBack: () => note('take back'),
    };
    const store: Partial<ProviderBatchStore> = {
      bundle: () => (gathered-- > 0 ? note('bundle') : Promise.resolve(false)),
      next: () => Promise.resolve(due.shift() ?? null),
      nextOwed: () => Promise.resolve(owed.shift() ?? null),
      hold: () => Promise.resolve(has.goesOn),
      release: () => note('release'),
      lines: () => Promise.resolve([{ batchId: 'batch_1', index: 7, body: Buffer.from('{}') }]),
      uploaded: (_one, files) => note(`uploaded ${files.join()}`),
      submitting: () => note('submitting'),
      wait: (_one, phase, afterMs, upstream) => note(`wait ${phase} ${afterMs} ${upstream?.id ?? '-'}`),
      keep: (_one, kept) => noted(`keep ${kept.map(({ index, status }) => `${index}:${status}`).join()}`),
      giveBack: (_one, reason, unsure = false) => note(`back${unsure ? ', may be there' : ''}: ${reason}`),
      done: () => note('done'),
      disown: () => noted('disown'),
      nextToStop: () => Promise.resolve(due.shift() ?? null),
      isStopping: () => Promise.resolve(has.goesOn),
      strand: (_one, { upstream, files }) => noted(`strand ${upstream?.id ?? '-'} ${files.join()}`),
    };
    const api: Partial<BatchApi> = {
      protocol: 'openai',
      find: () => Promise.resolve(found),
      upload: () => orThrow(uploads),
      submit: ({ lines: handed }) => {
        done.push(`submit ${handed.map(({ id }) => id).join()}`);
        return orThrow(submitted);
      },
      poll: async (_batch, signal) => {
        const broken = new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('broken'))));
        await Promise.race([waits?.(), broken]);
        return orThrow(state);
      },
      async *results() {
        yield await Promise.resolve(Buffer.from(results.join('\n')));
      },
      readResult: (line) => {
        const [id = '', status = ''] = line.toString().split(' ');
        return id === '?' ? null : { id, status: Number(status), body: Buffer.from('{}') };
      },
      cancel: () => noted('cancel'),
      forget: ({ id, files }) => noted(`forget ${id} ${files.join()}`),
    };
    const apiNow = (): BatchApi => ({ ...api, finds: has.finds }) as BatchApi;
    const apis = { of: () => (has.api ? apiNow() : null), toEnd: apiNow } as unknown as BatchApis;
    const batches = {
      concurrency: CONCURRENCY,
      get providerPollMs() {
        return pollMs;
      },
    };
    const config = { current: { batches } } as unknown as ConfigStore;
    const rows = store as ProviderBatchStore;
    const owing = new OwedBatches(rows, apis, config, clock);
    round = new OffloadRound(
      ...([lines as OffloadStore, rows, new HandingIn(rows, config, clock), owing, apis, config, clock] as const),
    );
  });
  const run = async (leftMs = 24 * HOUR_MS): Promise<boolean> => {
    const task = { id: 'batch_1', endpoint: '/v1/chat/completions', expiresAt: clock.now() + leftMs } as BatchTask;
    return (await round.run(task, stop, clock.monotonic() + SLICE_MS)).back;
  };

  it('hands in under names of its own, and says each step in the database before', async () => {
    due = [fresh()];
    expect(await run()).toBe(false);
    expect(done).toEqual(['uploaded in', 'submitting', `submit ${REF}-7`, `wait running ${POLL_MS} there`]);
  });

  it('hands in what was gathered however long nobody looked, rather than have it asked at full price', async () => {
    [due, gathered] = [[], 2];
    expect(await run()).toBe(false);
    expect(done).toEqual(['bundle', 'bundle']);
  });

  describe('of a batch that was cancelled', () => {
    const windDown = () => round.windDown({ id: 'batch_1' } as BatchTask, stop, clock.monotonic() + SLICE_MS);

    it('stops what is there, and looks again soon', async () => {
      expect(await windDown()).toBe(true);
      expect(done).toEqual(['cancel', 'wait cancelling 5000 -']);
    });

    it('fetches what was answered before it stopped, as that is paid for', async () => {
      state = { kind: 'ended', how: 'cancelled', batch: UPSTREAM } as ProviderBatchState;
      results = [`${REF}-3 200`];
      has.goesOn = false;
      expect(await windDown()).toBe(false);
      expect(done).toEqual(['keep 3:200', 'back: cancelled']);
    });

    it('tries again where the provider is away', async () => {
      state = new Error('away');
      expect(await windDown()).toBe(true);
      expect(done).toEqual(['wait cancelling 5000 -']);
    });
  });

  it('uploads nothing twice', async () => {
    due = [fresh({ files: ['in'] })];
    await run();
    expect(done[0]).toBe('submitting');
  });

  it('does not hand in again what its provider has already', async () => {
    due = [ofPhase('submitting')];
    found = { id: 'found', files: [] };
    await run();
    expect(done).toEqual([`wait running ${POLL_MS} found`]);
  });

  it.each([
    ['uploaded', ['uploaded in', 'strand - in']],
    ['submitting', ['uploaded in', 'submitting']],
    ['wait', ['uploaded in', 'submitting', `submit ${REF}-7`, `wait running ${POLL_MS} there`, 'strand there in']],
  ])('leaves nothing at the provider that nobody knows of when it has lost the batch (%s)', async (lost, what) => {
    [due, has.lost] = [[fresh()], lost];
    expect(await run()).toBe(false);
    expect(done).toEqual(what);
  });

  it('gives lines back that a provider refuses for good, and tries again where it was not told, or can be asked', async () => {
    due = [fresh()];
    submitted = new BatchApiRefusal('mock', 400, 'no');
    expect(await run()).toBe(true);
    expect(done.at(-1)).toBe('back: provider mock refused with 400: no');
    [due, uploads] = [[fresh()], new BatchApiRefusal('mock', 403, 'not you')];
    expect(await run()).toBe(true);
    expect(done.at(-1)).toBe('back: provider mock refused with 403: not you');
    [due, uploads] = [[fresh()], new BatchApiRefusal('mock', 503, '')];
    expect(await run()).toBe(false);
    expect(done.at(-1)).toBe(`wait new ${POLL_MS} -`);
    uploads = ['in'];
    const faults = { new: new BatchApiRefusal('mock', 429, ''), submitting: new Error('ECONNRESET') };
    for (const [phase, fault] of Object.entries(faults)) {
      [due, submitted] = [[fresh()], fault];
      expect(await run()).toBe(false);
      expect(done.at(-1)).toBe(`wait ${phase} ${POLL_MS} -`);
    }
  });

  it('hands nothing in twice to a provider that cannot say what it has', async () => {
    has.finds = false;
    due = [fresh()];
    submitted = new Error('ECONNRESET');
    expect(await run()).toBe(true);
    expect(done.filter((what) => what.startsWith('submit '))).toHaveLength(1);
    expect(done.at(-1)).toBe('back: Error: ECONNRESET');
    [due, done] = [[ofPhase('submitting')], []];
    expect(await run()).toBe(true);
    expect(done).toEqual(['back, may be there: the provider may have it, and cannot say so']);
  });

  it('gives up after some tries, or when its lines have waited for ten minutes', async () => {
    due = [ofPhase('submitting', { tries: 6 })];
    expect(await run()).toBe(true);
    due = [fresh({ createdAt: clock.now() - 10 * MINUTE_MS })];
    expect(await run()).toBe(true);
    expect(done).toEqual(['back, may be there: it could not be handed in', 'back: it could not be handed in']);
  });

  it('asks less and less often how far a batch is', async () => {
    for (const polls of [1, 2, 3, 9]) {
      due = [ofPhase('running', { polls })];
      await run();
    }
    expect(done).toEqual([2, 4, 8, 10].map((times) => `wait running ${times * POLL_MS} -`));
  });

  it('keeps answers, leaves what another call may do better to one, and what makes no sense alone', async () => {
    state = { kind: 'ended', how: 'completed', batch: { id: 'there', files: ['in', 'out'] } };
    results = [
      `${REF}-1 200`,
      '?',
      `${REF}-2 500`,
      `${REF}-3 429`,
      `${REF}-4 400`,
      `${'b'.repeat(32)}-5 200`,
      ...[`${REF}-x 200`, `${REF}-99999999999 200`, `${REF}-2147483648 200`, `${REF}-6 200.5`, `${REF}-6 0`],
    ];
    owed = [ofPhase('owed')];
    expect(await run()).toBe(true);
    expect(done).toEqual(['keep 1:200,4:400', 'back: completed', 'forget there in,out', 'done']);
  });

  it('gives all back that a provider does not know any more, or may not be asked any more', async () => {
    state = { kind: 'lost' };
    expect(await run()).toBe(true);
    [due, has.api] = [[ofPhase('running')], false];
    expect(await run()).toBe(true);
    expect(done).toEqual(['back: the provider does not know it', 'back: the provider has no batches any more']);
  });

  it('tells a provider to stop an hour before the window ends, and does not wait for ever that it does', async () => {
    await run(HOUR_MS - 1);
    expect(done).toEqual(['take back', 'cancel', `wait cancelling ${POLL_MS} -`]);
    [due, done] = [[ofPhase('cancelling')], []];
    expect(await run(HOUR_MS / 2 - 1)).toBe(true);
    expect(done).toEqual(['take back', 'back: it did not end in time']);
  });

  it('leaves more time for more lines', async () => {
    has.lines = 36_000;
    await run(2 * HOUR_MS - 1);
    expect(done).toEqual(['take back', 'cancel', `wait cancelling ${POLL_MS} -`]);
  });

  it('bears a provider that is away', async () => {
    state = new Error('ECONNREFUSED');
    expect(await run()).toBe(false);
    expect(done).toEqual([`wait running ${2 * POLL_MS} -`]);
    due = [ofPhase('running')];
    expect(await run(HOUR_MS / 2 - 1)).toBe(true);
  });

  it('comes again after two seconds, or sooner where providers are to be asked sooner', () => {
    expect(round.lookEveryMs).toBe(2_000);
    pollMs = 100;
    expect(round.lookEveryMs).toBe(100);
  });

  it('is done after its slice, however many batches there are', async () => {
    due = Array.from({ length: 5 }, () => ofPhase('running'));
    waits = () => clock.advanceAsync(1_200);
    await run();
    expect(due).toHaveLength(3);
  });

  it('breaks off when the process stops, or its batch does not go on', async () => {
    waits = () => new Promise(() => undefined);
    const running = run();
    await clock.advanceAsync(1);
    stop.abort();
    expect(await running).toBe(false);
    [due, stop, has.goesOn] = [[ofPhase('running')], new Cancellation(), false];
    const cancelled = run();
    await clock.advanceAsync(2_000);
    expect(await cancelled).toBe(false);
    expect(done).toEqual(['release', 'release']);
  });

  it('leaves most lanes to those who do not wait for a provider', async () => {
    const waiting: (() => void)[] = [];
    waits = () => new Promise<void>((resolve) => waiting.push(resolve));
    due = [ofPhase('running'), ofPhase('running')];
    const two = [run(), run()];
    await clock.advanceAsync(1);
    due = [ofPhase('running')];
    await run();
    expect([waiting.length, due.length]).toEqual([2, 1]);
    waits = null;
    for (const resolve of waiting) resolve();
    await Promise.all(two);
    expect(due).toEqual([]);
  });

  describe('ends what is over here', () => {
    it('by telling the provider to stop, and when it has, to forget', async () => {
      owed = [ofPhase('owed')];
      await round.abandon('batch_1');
      expect(done).toEqual(['disown', 'cancel', `wait owed ${2 * POLL_MS} there`]);
      [owed, done, state] = [[ofPhase('owed')], [], { kind: 'ended', how: 'cancelled', batch: UPSTREAM }];
      await round.endOwed();
      expect(done).toEqual(['forget there in', 'done']);
    });

    it('also where it is not known whether the provider has it, or nothing but a file is there', async () => {
      owed = [ofPhase('owed', { upstream: null, unsure: true })];
      found = { id: 'found', files: ['in'] };
      await round.endOwed();
      expect(done).toEqual(['cancel', `wait owed ${2 * POLL_MS} found`]);
      [owed, done] = [[ofPhase('owed', { upstream: null })], []];
      await round.endOwed();
      expect(done).toEqual(['forget null in', 'done']);
    });

    it('again and again where the provider is away, for a week', async () => {
      state = new Error('ECONNREFUSED');
      owed = [ofPhase('owed', { polls: 20 }), ofPhase('owed', { polls: 200 })];
      await round.endOwed();
      expect(done).toEqual([`wait owed ${HOUR_MS} -`, 'done']);
    });

    it('without keeping maintenance from its other work', async () => {
      waits = () => new Promise(() => undefined);
      owed = [ofPhase('owed'), ofPhase('owed')];
      const ending = round.endOwed();
      await clock.advanceAsync(20_000);
      await ending;
      expect([done, owed.length]).toEqual([[`wait owed ${2 * POLL_MS} -`], 1]);
    });
  });
});
