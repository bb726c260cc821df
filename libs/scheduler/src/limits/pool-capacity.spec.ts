import { FakeClock } from '@relay/testing';
import { PoolCapacity } from './pool-capacity';

describe('PoolCapacity', () => {
  it.each([
    ['all of its slots, which are half of them', 32, { inSlots: 32, borrowed: 0 }, 44],
    ['only slots that others lend', 0, { inSlots: 0, borrowed: 20 }, 44],
    ['slots of both kinds', 10, { inSlots: 10, borrowed: 10 }, 44],
    ['one slot of all of them', 64, { inSlots: 1, borrowed: 0 }, 5],
  ])(
    'takes a refusal for one of as many calls as there are if the others use theirs likewise: %s',
    (_case, block, underWay, limit) => {
      const clock = new FakeClock();
      const nothing = (): void => undefined;
      const capacity = new PoolCapacity(
        { concurrency: 64 },
        { clock, sharedLimit: () => 64, onLimit: nothing, onMore: nothing, onHeld: nothing },
      );
      capacity.setBlock(block);
      capacity.ended({ ended: 'rate-limited' }, 'm', clock.monotonic(), underWay);
      expect(capacity.view().poolLimit).toBe(limit);
    },
  );
});
