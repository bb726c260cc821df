import type { Schemas } from '../../api/client';
import { fairnessIndex, totalsOf } from './queue-totals';

const pool = (id: string, tenants: { id: string; waiting: number }[], degrading = false) =>
  ({ id, tenants, degrading, inUse: 2, poolLimit: 4, waiting: { short: 1, long: 2 } }) as unknown as Schemas['Pool'];

describe('queues in figures', () => {
  it('adds pools up, and tenants over pools', () => {
    const pools = [
      pool('a', [{ id: 't', waiting: 2 }]),
      pool(
        'b',
        [
          { id: 't', waiting: 1 },
          { id: 'u', waiting: 0 },
        ],
        true,
      ),
    ];
    expect(totalsOf(pools)).toEqual({
      ...{ short: 2, long: 4, inUse: 4, slots: 8 },
      tenants: [{ id: 't', waiting: 3 }],
      degrading: ['b'],
    });
  });

  it('knows how even shares are', () => {
    expect(fairnessIndex([3, 3, 3])).toBe(1);
    expect(fairnessIndex([1, 0, 0, 0])).toBe(0.25);
    expect(fairnessIndex([])).toBeNull();
  });
});
