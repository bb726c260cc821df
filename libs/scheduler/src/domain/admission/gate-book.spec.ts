import fc from 'fast-check';
import { DWELL_MS, EASE_ABOVE, GateBook } from './gate-book';

describe('the gate of a pool', () => {
  it('is open until a request would come too late', () => {
    const gates = new GateBook();
    gates.observe('acme', 1, 0);
    expect(gates.isClosed('acme', 0)).toBe(false);
    gates.observe('acme', 1.01, 0);
    expect(gates.isClosed('acme', 0)).toBe(true);
  });

  it('stays closed while requests are strained, and opens when none was for a while', () => {
    const gates = new GateBook();
    gates.observe('acme', 2, 0);
    gates.observe('acme', EASE_ABOVE + 0.01, DWELL_MS - 1);
    gates.observe('acme', EASE_ABOVE, 2 * DWELL_MS - 2); // no strain: does not keep it closed
    expect(gates.isClosed('acme', 2 * DWELL_MS - 2)).toBe(true);
    expect(gates.isClosed('acme', 2 * DWELL_MS - 1)).toBe(false);
    gates.observe('acme', 0.9, 2 * DWELL_MS);
    expect(gates.isClosed('acme', 2 * DWELL_MS)).toBe(false);
  });

  it('opens by itself when nobody asks any more', () => {
    const gates = new GateBook();
    gates.observe('acme', 2, 0);
    expect(gates.isAnyClosed(DWELL_MS - 1)).toBe(true);
    expect(gates.isAnyClosed(DWELL_MS)).toBe(false);
  });

  it('closes for the tenant that waits, not for its neighbours', () => {
    const gates = new GateBook();
    gates.observe('flood', 3, 0);
    gates.observe('polite', 0.1, 0);
    expect([gates.isClosed('flood', 0), gates.isClosed('polite', 0)]).toEqual([true, false]);
  });

  it('forgets gates that have opened, however many tenants there are', () => {
    const gates = new GateBook();
    for (let i = 0; i < 12_000; i++) gates.observe(`t${i}`, 2, 0);
    gates.observe('late', 2, 0);
    expect([gates.isClosed('t0', 1), gates.isClosed('late', 1)]).toEqual([true, false]); // full: fails open
    gates.observe('late', 2, DWELL_MS);
    expect(gates.isClosed('late', DWELL_MS)).toBe(true);
  });

  it('changes its mind at most twice in a dwell time, whatever comes', () => {
    const arrivals = fc.array(fc.tuple(fc.nat(2 * DWELL_MS), fc.double({ min: 0, max: 3, noNaN: true })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(arrivals, (steps) => {
        const gates = new GateBook();
        const closings: number[] = [];
        let now = 0;
        for (const [afterMs, strain] of steps) {
          now += afterMs;
          const was = gates.isClosed('acme', now);
          gates.observe('acme', strain, now);
          if (!was && gates.isClosed('acme', now)) closings.push(now);
        }
        const gaps = closings.slice(1).map((at, i) => at - (closings[i] ?? 0));
        expect(gaps.every((gap) => gap >= DWELL_MS)).toBe(true);
      }),
    );
  });
});
