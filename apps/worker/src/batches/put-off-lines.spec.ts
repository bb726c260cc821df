import type {
  BatchQueue,
  BatchStore,
  Conclusion,
  LeasedLine,
  LineAnswer,
  LineStore,
  OffloadStore,
  Preparation,
} from '@relay/batches';
import type { BatchProblem } from '@relay/contracts';
import { Cancellation } from '@relay/core';
import { FakeClock } from '@relay/testing';
import { AnswerWriter } from './answer-writer';
import { BatchLane } from './batch-lane';
import { LeaseKeeper } from './lease-keeper';
import type { LineAsker, PutOff } from './line-asker';
import type { OffloadRound } from './offload/offload-round';
import { OffloadedLines } from './offload/offloaded-lines';
import { RestingModels } from './resting-models';

const AFTER_MS = 60_000;
const WINDOW_MS = 10 * AFTER_MS;
/** A model rests after so many refusals in a row. */
const REFUSALS = 8;

interface Line {
  readonly index: number;
  readonly model: string;
  notBefore: number;
  isOpen: boolean;
}

describe('lines that were told to come again', () => {
  let clock: FakeClock;
  let leases: LeaseKeeper;
  let lines: Line[];
  let down: Set<string>;
  let tooSoon: Set<number>;
  let asked: number[];
  let answered: number[];
  let failures: BatchProblem[];
  let status: 'in_progress' | 'validating';
  let lane: BatchLane;

  beforeEach(() => {
    [clock, lines, asked, answered, failures, status] = [new FakeClock(), [], [], [], [], 'in_progress'];
    [down, tooSoon] = [new Set(['down']), new Set()];
    const windowEnd = clock.now() + WINDOW_MS;
    const held = new Set<number>();
    const free = () => lines.filter(({ index, isOpen }) => isOpen && !held.has(index));
    const store: Partial<LineStore> = {
      claim: (_batch, _owner, notOf = []) => {
        const due = free().filter(({ model, notBefore }) => notBefore <= clock.now() && !notOf.includes(model));
        const [first] = due.sort((a, b) => a.notBefore - b.notBefore || a.index - b.index);
        if (!first) return Promise.resolve(null);
        held.add(first.index);
        const { index, model } = first;
        return Promise.resolve({ index, model, request: Buffer.from('{}'), returned: null });
      },
      putOff: ({ index }, _owner, afterMs) => {
        held.delete(index);
        const line = lines[index];
        if (line) line.notBefore = clock.now() + afterMs;
        return Promise.resolve();
      },
      dueInMs: () => {
        const due = free().map(({ notBefore }) => Math.max(0, notBefore - clock.now()));
        return Promise.resolve(due.length === 0 ? null : Math.min(...due));
      },
      answer: (_batch, all) => {
        for (const { index } of all) {
          answered.push(index);
          const line = lines[index];
          if (line) line.isOpen = false;
        }
        return Promise.resolve();
      },
      hasOpen: () => Promise.resolve(lines.some(({ isOpen }) => isOpen)),
    };
    const task = () =>
      failures.length > 0 ? null : { id: 'batch_1', status, expiresAt: windowEnd, tenantId: 'acme', keyId: 'k' };
    const batches = {
      task: () => Promise.resolve(task()),
      fail: (_id: string, problem: BatchProblem) => Promise.resolve(void failures.push(problem)),
    };
    const ask = (_task: unknown, { index, model }: LeasedLine): Promise<LineAnswer | PutOff> => {
      asked.push(index);
      if (down.has(model) || tooSoon.has(index)) return Promise.resolve({ afterMs: AFTER_MS });
      return Promise.resolve({ index, outcome: 'completed', response: null, error: null, usage: null });
    };
    const offloads: Partial<OffloadRound> = { run: () => Promise.resolve({ away: false, back: false }) };
    const whole = store as LineStore;
    leases = new LeaseKeeper(whole, clock);
    lane = new BatchLane(
      ...([batches as unknown as BatchStore, whole, {} as BatchQueue, {} as Preparation] as const),
      ...([{} as Conclusion, leases, { ask } as unknown as LineAsker] as const),
      ...([new AnswerWriter(whole), new RestingModels(clock)] as const),
      ...([offloads as OffloadRound, new OffloadedLines({} as OffloadStore, clock), clock] as const),
    );
  });
  const add = (count: number, model: string): void => {
    for (let i = 0; i < count; i++) lines.push({ index: lines.length, model, notBefore: 0, isOpen: true });
  };
  const run = (number: number) => lane.run('batch_1', number, new Cancellation());

  it('keep no others from being asked, however many of them stand before those', async () => {
    add(1_000, 'down');
    add(2, 'up');
    expect(await run(1)).toEqual({ afterMs: AFTER_MS });
    expect(answered).toEqual([1_000, 1_001]);
    expect(asked).toHaveLength(REFUSALS + 2);
  });

  it('are nobody’s meanwhile, and lane 0 looks after their batch', async () => {
    add(1, 'down');
    expect(await run(0)).toEqual({ afterMs: 2_000 });
    expect([asked, leases.heldLines]).toEqual([[0], 0]);
    expect(await run(0)).toEqual({ afterMs: 2_000 });
    expect(asked).toEqual([0]);
  });

  it('are asked again when their time has come', async () => {
    add(1, 'down');
    await run(1);
    down.clear();
    clock.advance(AFTER_MS);
    await run(1);
    expect([asked, answered]).toEqual([[0, 0], [0]]);
  });

  it('are all asked once their model answers', async () => {
    add(20, 'down');
    await run(1);
    expect(asked).toHaveLength(REFUSALS);
    down.clear();
    clock.advance(AFTER_MS);
    await run(1);
    expect(answered).toHaveLength(20);
  });

  it('for what they ask say nothing of their model', async () => {
    tooSoon = new Set([0, 1]);
    add(30, 'up');
    expect(await run(1)).toEqual({ afterMs: AFTER_MS });
    expect(answered).toHaveLength(28);
  });

  it('are not waited for in vain: a batch whose input cannot be read fails when its window ends', async () => {
    status = 'validating';
    clock.advance(WINDOW_MS);
    expect(await run(0)).toBe('ended');
    expect(failures).toMatchObject([{ code: 'batch_expired' }]);
  });
});
