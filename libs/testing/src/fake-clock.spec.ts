import { FakeClock } from './fake-clock';

describe('FakeClock', () => {
  it('stands still until it is advanced', () => {
    const clock = new FakeClock(1_000);
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
    clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
  });

  it('fires timers at their own time, in order, also those set on the way, and not the cancelled ones', () => {
    const clock = new FakeClock();
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, clock.monotonic()]);
    clock.after(20, note('late'));
    clock.after(10, () => {
      note('early')();
      clock.after(5, note('nested'));
    });
    const cancel = clock.after(12, note('cancelled'));
    clock.after(31, note('beyond'));
    cancel();
    clock.advance(30);
    expect(fired).toEqual([
      ['early', 10],
      ['nested', 15],
      ['late', 20],
    ]);
    expect(clock.pending).toBe(1);
  });

  it('lets promises settle between timers', async () => {
    const clock = new FakeClock();
    const times: number[] = [];
    const sleepTwice = async (): Promise<void> => {
      for (let i = 0; i < 2; i++) {
        await new Promise<void>((resolve) => void clock.after(10, resolve));
        times.push(clock.monotonic());
      }
    };
    const done = sleepTwice();
    await clock.advanceAsync(20);
    await done;
    expect(times).toEqual([10, 20]);
  });
});
