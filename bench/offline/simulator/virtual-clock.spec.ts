import { VirtualClock } from './virtual-clock';

describe('the virtual clock', () => {
  it('jumps from timer to timer in order of time, then of setting, also to those set on the way', () => {
    const clock = new VirtualClock();
    const fired: [number, number][] = [];
    const delays = [50, 10, 40, 10, 0, 70, 30];
    for (const [name, ms] of delays.entries()) clock.after(ms, () => fired.push([name, clock.monotonic()]));
    clock.after(20, () => clock.after(5, () => fired.push([99, clock.monotonic()])));
    while (clock.step());
    const expected = [4, 1, 3, 99, 6, 2, 0, 5];
    expect(fired).toEqual(expected.map((name) => [name, name === 99 ? 25 : delays[name]]));
  });

  it('passes over what was cancelled, without stopping there', () => {
    const clock = new VirtualClock();
    const start = clock.now();
    clock.after(5, () => fail('cancelled'))();
    clock.after(9, () => undefined);
    expect([clock.step(), clock.step()]).toEqual([true, false]);
    expect(clock.now() - start).toBe(9);
  });
});
