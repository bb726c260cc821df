import type { LineRef, LineStore } from '@relay/batches';
import { FakeClock } from '@relay/testing';
import { LeaseKeeper } from './lease-keeper';

const [A, B] = [
  { batchId: 'batch_1', index: 0 },
  { batchId: 'batch_1', index: 1 },
] as const satisfies readonly LineRef[];
const EVERY_MS = 2_000;

describe('LeaseKeeper', () => {
  const start = () => {
    const clock = new FakeClock();
    let renewed = 0;
    let says: () => Promise<LineRef[]> = () => Promise.resolve([]);
    let named: readonly LineRef[] = [];
    const renew = (_owner: string, held: readonly LineRef[]): Promise<LineRef[]> => {
      renewed++;
      named = held;
      return says();
    };
    const keeper = new LeaseKeeper({ renew } as unknown as LineStore, clock);
    const pass = async (): Promise<number> => {
      clock.advance(EVERY_MS);
      await new Promise((resolve) => setImmediate(resolve));
      return renewed;
    };
    return {
      keeper,
      pass,
      named: () => named,
      kept: (...lines: LineRef[]) => void (says = () => Promise.resolve(lines)),
      fail: () => void (says = () => Promise.reject(new Error('away'))),
    };
  };

  it('renews for as long as something is held', async () => {
    const { keeper, pass, kept } = start();
    kept(A);
    keeper.hold(A);
    expect(await pass()).toBe(1);
    expect(await pass()).toBe(2);
    keeper.drop(A);
    await pass();
    expect(await pass()).toBe(2);
  });

  it('renews nothing that is not worked on any more', async () => {
    const { keeper, pass, kept, named } = start();
    kept(A, B);
    for (const line of [A, B]) keeper.hold(line);
    await pass();
    expect(named()).toEqual([A, B]);
    keeper.drop(A);
    await pass();
    expect(named()).toEqual([B]);
  });

  it('ends the work on what it has lost, and on nothing else', async () => {
    const { keeper, pass, kept } = start();
    kept(A);
    const signals = [keeper.hold(A), keeper.hold(B)];
    await pass();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  });

  it('goes on while the database is away: the lease says when it is over', async () => {
    const { keeper, pass, kept, fail } = start();
    const signal = keeper.hold(A);
    fail();
    await pass();
    expect(signal.aborted).toBe(false);
    kept();
    await pass();
    expect(signal.aborted).toBe(true);
  });

  it('ends everything when the process stops', () => {
    const { keeper } = start();
    const signals = [keeper.hold(A), keeper.hold(B)];
    keeper.abortAll();
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });
});
