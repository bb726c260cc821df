import type { BatchQueue, BatchStore, Conclusion, LineRef, LineStore, OffloadStore, Preparation } from '@relay/batches';
import type { BatchProblem } from '@relay/contracts';
import { Cancellation } from '@relay/core';
import { FakeClock } from '@relay/testing';
import type { AnswerWriter } from './answer-writer';
import { BatchLane } from './batch-lane';
import { LeaseKeeper } from './lease-keeper';
import type { LineAsker } from './line-asker';
import type { OffloadRound } from './offload/offload-round';
import { OffloadedLines } from './offload/offloaded-lines';
import { WaitingLines } from './waiting-lines';

const LINE = { batchId: 'batch_1', index: 0 };
const AFTER_MS = 60_000;

describe('a line that was told to come again', () => {
  let clock: FakeClock;
  let leases: LeaseKeeper;
  let waiting: WaitingLines;
  let released: LineRef[];
  let failures: BatchProblem[];
  let status: 'in_progress' | 'validating';
  let asked: number;
  let lane: BatchLane;

  beforeEach(() => {
    [clock, released, failures, status, asked] = [new FakeClock(), [], [], 'in_progress', 0];
    const windowEnd = clock.now() + 2 * AFTER_MS;
    const lines: Partial<LineStore> = {
      claim: () => Promise.resolve({ index: 0, request: Buffer.from('{}'), returned: null }),
      release: (line) => Promise.resolve(void released.push(line)),
      renew: () => Promise.resolve(released.length === 0 ? [LINE] : []),
    };
    const task = () =>
      failures.length > 0 ? null : { id: 'batch_1', status, expiresAt: windowEnd, tenantId: 'acme', keyId: 'k' };
    const batches = {
      task: () => Promise.resolve(task()),
      fail: (_id: string, problem: BatchProblem) => Promise.resolve(void failures.push(problem)),
    };
    const ask = () => Promise.resolve({ afterMs: (asked++, AFTER_MS) });
    const offloads: Partial<OffloadRound> = { run: () => Promise.resolve({ away: false, back: false }) };
    leases = new LeaseKeeper(lines as LineStore, clock);
    waiting = new WaitingLines(lines as LineStore, leases, clock);
    lane = new BatchLane(
      ...([batches as unknown as BatchStore, lines as LineStore, {} as BatchQueue, {} as Preparation] as const),
      ...([{} as Conclusion, leases, { ask } as unknown as LineAsker] as const),
      ...([{ room: () => Promise.resolve() } as unknown as AnswerWriter, waiting] as const),
      ...([offloads as OffloadRound, new OffloadedLines({} as OffloadStore, clock), clock] as const),
    );
  });
  const run = (number: number) => lane.run('batch_1', number, new Cancellation());

  it('leaves its lane to other batches while it waits', async () => {
    expect(await run(1)).toEqual({ afterMs: AFTER_MS });
    expect([asked, leases.heldLines, released]).toEqual([1, 1, []]);
  });

  it('lets its lane ask nothing more of the batch meanwhile, and lane 0 look after it', async () => {
    await run(0);
    await clock.advanceAsync(AFTER_MS / 2);
    expect(await run(0)).toEqual({ afterMs: 2_000 });
    expect(asked).toBe(1);
  });

  it('is there for all lanes again when its time has come', async () => {
    await run(1);
    await clock.advanceAsync(AFTER_MS);
    expect([released, leases.heldLines]).toEqual([[LINE], 0]);
    await run(1);
    expect(asked).toBe(2);
  });

  it('is given back at once by a worker that stops', async () => {
    await run(1);
    leases.abortAll();
    await waiting.settled();
    expect(released).toEqual([LINE]);
  });

  it('is not waited for in vain: a batch whose input cannot be read fails when its window ends', async () => {
    status = 'validating';
    clock.advance(2 * AFTER_MS);
    expect(await run(0)).toBe('ended');
    expect(failures).toMatchObject([{ code: 'batch_expired' }]);
  });
});
