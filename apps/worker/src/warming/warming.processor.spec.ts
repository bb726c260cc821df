import type { WarmingJob } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { FakeClock } from '@relay/testing';
import { DelayedError } from 'bullmq';
import type { TurnEnd } from './warmer';
import { WarmingProcessor } from './warming.processor';

const clock = new FakeClock();
const warming = newTraceId(0);
const progress = { asked: 4, cached: 1, failed: 0, failedInARow: 0 };

/** A job whose turns end so. */
function jobOf(...ends: TurnEnd[]): { begun: unknown[]; movedTo: number[]; run(): Promise<void> } {
  const begun: unknown[] = [];
  const movedTo: number[] = [];
  const job = {
    data: { warming } as WarmingJob,
    updateData: (data: WarmingJob) => Promise.resolve(void (job.data = data)),
    moveToDelayed: (at: number) => Promise.resolve(void movedTo.push(at - clock.now())),
  };
  const warmer = {
    run: (_id: string, from: unknown) => Promise.resolve(begun.push(from) && (ends.shift() ?? 'ended')),
  };
  const processor = new WarmingProcessor(warmer as never, {} as never, {} as never, clock);
  return { begun, movedTo, run: () => processor.process(job as never, 'token') };
}

describe('the job of a warming', () => {
  it('stands behind the others when its turn is over, and goes on from there', async () => {
    const { run, begun, movedTo } = jobOf(progress, 'ended');
    await expect(run()).rejects.toThrow(DelayedError);
    expect(movedTo).toEqual([100]);
    await run();
    expect(begun).toEqual([undefined, progress]);
  });

  it('waits while another warming of its tenant runs', async () => {
    const { run, begun, movedTo } = jobOf('later', 'later', 'ended');
    await expect(run()).rejects.toThrow(DelayedError);
    await expect(run()).rejects.toThrow(DelayedError);
    await run();
    expect([begun, movedTo]).toEqual([
      [undefined, undefined, undefined],
      [5_000, 5_000],
    ]);
  });
});
