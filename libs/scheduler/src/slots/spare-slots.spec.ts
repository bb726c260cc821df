import { FakeClock } from '@relay/testing';
import { granted, requestOf, startScheduler } from '../../test/scheduler-harness';
import { memoryBackends } from '../adapters/memory-backend';
import type { Slot } from '../slot';

const BEAT_MS = 1_200;
const SLOTS = 8;

/** A relay process whose questions to the ledger are counted. */
function start(clock: FakeClock) {
  return memoryBackends(clock, 2).map((backend) => {
    const asked = jest.spyOn(backend.slots, 'balance');
    const { scheduler } = startScheduler(backend, { slots: SLOTS }, clock);
    const serve = (ms: number): Slot | null => {
      const slot = scheduler.tryAcquire(requestOf('t'));
      clock.after(ms, () => slot?.release({ ended: 'completed' }));
      return slot;
    };
    return { scheduler, serve, asked: () => asked.mock.calls.length, size: () => scheduler.snapshot()[0]!.limit };
  });
}

describe('Slots to spare', () => {
  const clock = new FakeClock();
  const processes = start(clock);
  const [a, b] = processes as [(typeof processes)[number], (typeof processes)[number]];
  const sizes = () => processes.map(({ size }) => size());

  beforeAll(() => clock.advanceAsync(3 * BEAT_MS));
  afterAll(() => Promise.all(processes.map(({ scheduler }) => scheduler.close())));

  it('are there for every one of 1,000 requests that come one by one: the ledger hears of the heartbeats alone', async () => {
    expect(sizes()).toEqual([4, 4]);
    const before = processes.map(({ asked }) => asked());
    const from = clock.monotonic();
    for (let i = 0; i < 1_000; i++) {
      expect(processes[i % 2]!.serve(20 + ((i * 37) % 180))?.queue).toBe('none'); // two or three at a time in each
      await clock.advanceAsync(30 + ((i * 53) % 40));
    }
    const beats = Math.round((clock.monotonic() - from) / BEAT_MS);
    for (const [i, { asked }] of processes.entries())
      expect(Math.abs(asked() - before[i]! - beats)).toBeLessThanOrEqual(1);
    expect(sizes()).toEqual([4, 4]);
  });

  it('are back with an idle process within two heartbeats of a time when another needed them all', async () => {
    const waiting = Array.from({ length: 3 * SLOTS }, () => a.scheduler.admit(requestOf('t')));
    const done = waiting.map(async (outcome) => {
      const slot = granted(await outcome);
      clock.after(500, () => slot.release({ ended: 'completed' }));
    });
    await clock.advanceAsync(1_000);
    expect(sizes()).toEqual([SLOTS, 0]);
    await clock.advanceAsync(500);
    await Promise.all(done);
    await clock.advanceAsync(2 * BEAT_MS);
    expect(b.size()).toBeGreaterThanOrEqual(1);
    expect(b.serve(10)?.queue).toBe('none');
  });
});
