import {
  type BatchQueue,
  type BatchStore,
  type BatchTask,
  type Conclusion,
  type LeasedLine,
  type LineAnswer,
  LineStore,
  type OffloadStore,
  type Preparation,
} from '@relay/batches';
import { Cancellation } from '@relay/core';
import { FakeClock } from '@relay/testing';
import { AnswerWriter } from './answer-writer';
import { BatchLane } from './batch-lane';
import { LeaseKeeper } from './lease-keeper';
import type { LineAsker } from './line-asker';
import type { OffloadRound } from './offload/offload-round';
import { OffloadedLines } from './offload/offloaded-lines';
import { RestingModels } from './resting-models';

const TASK = { id: 'batch_1', total: 2, status: 'in_progress', expiresAt: Number.MAX_SAFE_INTEGER } as BatchTask;
const ANSWER: LineAnswer = { index: 0, outcome: 'completed', response: null, error: null, usage: null };
const TEN_MINUTES_MS = 600_000;
const LOOK_EVERY_MS = 700;

describe('a lane of a batch', () => {
  let clock: FakeClock;
  let stop: Cancellation;
  let open: LeasedLine[];
  let asked: number;
  let answered: number[];
  let released: number[];
  let dismissed: number[];
  let ends: ('taken' | 'lost' | 'set-aside' | 'fault')[];
  let faults: number;
  let lineMs: number;
  let fault: Error;
  let lane: BatchLane;
  let isAway: boolean;
  let task: BatchTask;
  let concluded: number;

  beforeEach(() => {
    [clock, stop, asked, answered, released, faults] = [new FakeClock(), new Cancellation(), 0, [], [], 0];
    [dismissed, ends, fault, isAway] = [[], [], new Error('away'), false];
    [task, concluded, lineMs] = [TASK, 0, 0];
    open = [{ index: 0, request: Buffer.from('{}'), model: '', returned: null }];
    const lines: Partial<LineStore> = {
      claim: () => Promise.resolve(open.shift() ?? null),
      claimReturned: () => Promise.resolve(open.shift() ?? null),
      renew: () => Promise.resolve([{ batchId: TASK.id, index: 0 }]),
      release: ({ index }) => Promise.resolve(void released.push(index)),
      hasOpen: () => Promise.resolve(false),
      dueInMs: () => Promise.resolve(null),
      answer: (_batch, answers) => {
        if (faults-- > 0) return Promise.reject(fault);
        return Promise.resolve(void answered.push(...answers.map(({ index }) => index)));
      },
    };
    const store = lines as LineStore;
    const batches: Partial<BatchStore> = {
      task: () => Promise.resolve(concluded > 0 || (task === TASK && answered.length > 0) ? null : task),
    };
    const conclusion: Partial<Conclusion> = { conclude: () => Promise.resolve(void concluded++) };
    const ask = (...[, , , offloaded]: Parameters<LineAsker['ask']>): Promise<LineAnswer | null> => {
      const why = ends[asked++] ?? null;
      clock.advance(lineMs);
      if (why === null || !offloaded) return Promise.resolve(ANSWER);
      if (why === 'fault') return Promise.reject(new Error('away'));
      offloaded.unanswered = { why };
      return Promise.resolve(null);
    };
    const offloaded: Partial<OffloadStore> = {
      dismiss: ({ index }) => {
        dismissed.push(index);
        if (task === TASK) open.push({ index, request: Buffer.from('{}'), model: '', returned: 'unanswered' });
        return Promise.resolve();
      },
    };
    const offloads: Partial<OffloadRound> = {
      lookEveryMs: LOOK_EVERY_MS,
      run: () => Promise.resolve({ away: isAway, back: false }),
      windDown: () => Promise.resolve(isAway),
      abandon: () => Promise.resolve(),
    };
    const queue: Partial<BatchQueue> = { lanesOf: ({ total }) => total };
    const leases = new LeaseKeeper(store, clock);
    lane = new BatchLane(
      ...([batches as BatchStore, store, queue as BatchQueue, {} as Preparation, conclusion as Conclusion] as const),
      ...([leases, { ask } as unknown as LineAsker, new AnswerWriter(store), new RestingModels(clock)] as const),
      ...([offloads as OffloadRound, new OffloadedLines(offloaded as OffloadStore, clock), clock] as const),
    );
  });

  it('keeps an answer that the database does not take for a while, and asks nobody again', async () => {
    faults = 30;
    const running = lane.run(TASK.id, 0, stop);
    await clock.advanceAsync(31_000);
    expect(await running).toBe('turn');
    expect([asked, answered, released]).toEqual([1, [0], []]);
  });

  it('lets those of other batches go first after two seconds, or after a line that takes longer', async () => {
    const lines = Array.from({ length: 12 }, () => ({
      index: 0,
      request: Buffer.from('{}'),
      model: '',
      returned: null,
    }));
    [open, lineMs] = [lines, 400];
    expect([await lane.run(TASK.id, 0, stop), asked]).toEqual(['turn', 5]);
    [asked, answered, lineMs] = [0, [], 60_000];
    expect([await lane.run(TASK.id, 0, stop), asked]).toEqual(['turn', 1]);
  });

  describe('whose line its provider’s own batch may answer, or has answered', () => {
    beforeEach(() => {
      const answer = { batch: 'there', status: 200, body: Buffer.from('{}') };
      open = [{ index: 0, request: Buffer.from('{}'), model: '', returned: answer as LeasedLine['returned'] }];
    });

    it('asks it as any other, at once, where what came back is no answer', async () => {
      ends = ['set-aside'];
      expect(await lane.run(TASK.id, 0, stop)).toBe('ended');
      expect([dismissed, answered, asked]).toEqual([[0], [0], 2]);
    });

    it('gives it back where nobody knows what became of it', async () => {
      ends = ['fault'];
      await expect(lane.run(TASK.id, 0, stop)).rejects.toThrow('away');
      expect([released, answered]).toEqual([[0], []]);
    });

    it('does not answer what others have by now', async () => {
      ends = ['lost'];
      open.push({ index: 1, request: Buffer.from('{}'), model: '', returned: null });
      await lane.run(TASK.id, 0, stop);
      expect([asked, dismissed, released]).toEqual([2, [], [0]]);
    });
  });

  describe('whose batch was cancelled', () => {
    const there = { batch: 'there', status: 200, body: Buffer.from('{}') } as LeasedLine['returned'];
    beforeEach(() => {
      task = { ...TASK, status: 'cancelling', ending: 'cancelled', cancellingAt: clock.now() };
      open = [0, 1].map((index) => ({ index, request: Buffer.from('{}'), model: '', returned: there }));
    });

    it('answers, and so charges, what providers had answered by then', async () => {
      expect(await lane.run(TASK.id, 0, stop)).toBe('ended');
      expect([asked, answered, concluded]).toEqual([2, [0, 0], 1]);
    });

    it('waits for providers that have not stopped, but for ten minutes at most', async () => {
      isAway = true;
      expect(await lane.run(TASK.id, 0, stop)).toEqual({ afterMs: LOOK_EVERY_MS });
      expect([asked, concluded]).toEqual([2, 0]);
      clock.advance(TEN_MINUTES_MS);
      expect(await lane.run(TASK.id, 0, stop)).toBe('ended');
      expect(concluded).toBe(1);
    });

    it('goes on where what came back is no answer', async () => {
      ends = ['set-aside'];
      open.pop();
      expect(await lane.run(TASK.id, 0, stop)).toBe('ended');
      expect([dismissed, answered, concluded]).toEqual([[0], [], 1]);
    });
  });

  it('gives the line back when the database is away for too long', async () => {
    faults = Number.MAX_SAFE_INTEGER;
    const running = lane.run(TASK.id, 0, stop);
    const failing = expect(running).rejects.toThrow('away');
    await clock.advanceAsync(TEN_MINUTES_MS + 1_000);
    await failing;
    expect(released).toEqual([0]);
  });

  it('asks no line while it looks after those that are with providers, but where it is the only one', async () => {
    isAway = true;
    expect(await lane.run(TASK.id, 0, stop)).toEqual({ afterMs: LOOK_EVERY_MS });
    expect(asked).toBe(0);
    expect(await lane.run(TASK.id, 1, stop)).toBe('ended');
    expect(asked).toBe(1);
  });

  it('holds nobody up for an answer that the database refuses', async () => {
    [faults, fault] = [1, Object.assign(new Error('invalid byte sequence'), { code: '22021' })];
    await expect(lane.run(TASK.id, 0, stop)).rejects.toThrow('invalid byte sequence');
    expect([answered, released]).toEqual([[], [0]]);
  });

  it('does not keep the process from ending', async () => {
    faults = Number.MAX_SAFE_INTEGER;
    const running = lane.run(TASK.id, 0, stop);
    const failing = expect(running).rejects.toThrow('away');
    await clock.advanceAsync(1_000);
    stop.abort();
    await failing;
    expect(released).toEqual([0]);
  });
});
