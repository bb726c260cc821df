import { DrainEstimate } from './drain-estimate';
import { MAX_PRIORITY, PriorityScale } from './priority-scale';

describe('PriorityScale', () => {
  it('keeps the order of start tags and stays within what BullMQ allows', () => {
    const scale = new PriorityScale();
    expect(scale.priorityOf(0)).toBe(1);
    expect(scale.priorityOf(800)).toBeGreaterThan(scale.priorityOf(80));
    expect(scale.priorityOf(1e12)).toBe(MAX_PRIORITY);
  });

  it('is worn in time, and as good as new after it moved', () => {
    const scale = new PriorityScale();
    const virtualTime = 10_000_000;
    expect(scale.isWorn(virtualTime)).toBe(true);
    expect(scale.rebase(virtualTime)).toBe(true);
    expect(scale.isWorn(virtualTime)).toBe(false);
    expect(scale.priorityOf(virtualTime)).toBe(1);
    expect(scale.rebase(virtualTime - 1)).toBe(false);
  });
});

describe('DrainEstimate', () => {
  it('counts calls by what was predicted of them, and knows what a predicted token comes to', () => {
    const drain = new DrainEstimate();
    for (let i = 0; i < 8; i++) drain.observe(100, 500, 50);
    expect(drain.waitMs(4_500, 2)).toBeCloseTo(500); // nine calls, and until a slot is free
    expect(drain.bias).toBeCloseTo(0.1);
    expect(new DrainEstimate().bias).toBe(1);
  });

  it('foretells nothing until it has seen enough', () => {
    const drain = new DrainEstimate();
    for (let i = 0; i < 7; i++) drain.observe(100, 50);
    expect(drain.waitMs(450, 2)).toBeUndefined();
    drain.observe(100, 50);
    expect(drain.waitMs(450, 2)).toBeCloseTo(500); // nine calls, and until a slot is free
  });
});
