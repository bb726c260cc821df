import { WindowGate } from './window-gate';

const SLOTS = 64;

/** Starts as many calls of the usual cost as it lets, 1,000 at most. */
function startAll(gate: WindowGate, now: number): number {
  let started = 0;
  while (started < 1_000 && gate.open(now) > 0) {
    gate.started(100);
    started++;
  }
  return started;
}

describe('WindowGate', () => {
  let gate: WindowGate;
  beforeEach(() => {
    gate = new WindowGate();
    for (let i = 0; i < 20; i++) {
      gate.started(100);
      gate.granted(500, SLOTS);
    }
  });

  it('is open until the windows refuse a call', () => {
    expect(gate.open(0)).toBe(Infinity);
    gate.started(100);
    gate.granted(0, SLOTS);
    expect(gate.open(0)).toBe(Infinity);
    expect(gate.closedUntil(0)).toBeNull();
  });

  it('lets nobody ask until there is room, then one, then as many as there is room for', () => {
    gate.started(100);
    gate.refused('requests', 100, 1_000, 0);
    expect([gate.open(999), gate.closedUntil(999)]).toEqual([0, 1_000]);
    expect(startAll(gate, 1_000)).toBe(1);
    gate.granted(9, SLOTS);
    expect(startAll(gate, 1_000)).toBe(9);
    for (let left = 8; left > 0; left--) gate.granted(left, SLOTS);
    expect(gate.open(1_000)).toBe(0); // the last one of them has not heard yet
    gate.granted(0, SLOTS);
    expect(startAll(gate, 1_000)).toBe(1);
    gate.refused('requests', 100, 2_000, 1_000);
    expect(gate.open(1_999)).toBe(0);
  });

  it('is open again once there is more room than slots', () => {
    gate.started(100);
    gate.refused('requests', 100, 1_000, 0);
    gate.started(100);
    gate.granted(SLOTS + 1, SLOTS);
    expect(gate.open(1_000)).toBe(Infinity);
  });

  it('lets another ask instead of one that did not', () => {
    gate.started(100);
    gate.refused('requests', 100, 1_000, 0);
    gate.started(100);
    expect(gate.open(1_000)).toBe(0);
    gate.left();
    expect(gate.open(1_000)).toBe(1);
  });

  it('waits for those of the usual size, and lets smaller ones go before one that is much dearer', () => {
    gate.started(150);
    gate.refused('tokens', 150, 1_000, 0);
    expect(gate.closedUntil(0)).toBe(1_000);
    gate.started(5_000);
    gate.refused('tokens', 5_000, 9_000, 1_000);
    expect(gate.closedUntil(1_000)).toBeNull();
    expect([gate.heldUntil(4_999, 1_000), gate.heldUntil(5_000, 1_000)]).toEqual([null, 9_000]);
    expect(gate.open(1_000)).toBe(1);
    gate.started(100);
    gate.refused('tokens', 100, 2_000, 1_000);
    expect([gate.closedUntil(1_000), gate.heldUntil(5_000, 1_000)]).toEqual([2_000, 2_000]);
  });
});
