import type { BusMessage } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';
import { BorrowedSlots } from './borrowed-slots';

/** Messages get through, or to nobody, or nobody knows. */
type Way = 'open' | 'nobody' | 'silent' | 'failing';

describe('borrowed slots', () => {
  let sent: (readonly [string, BusMessage])[];
  let way: Way;
  let adoptions: number;
  let slots: BorrowedSlots;

  beforeEach(() => {
    [sent, way, adoptions] = [[], 'open', 0];
    const bus: MessageBus = {
      ...{ processId: 'me', shared: true },
      send: (to, message) => {
        if (way === 'failing') return Promise.reject(new Error('away'));
        sent.push([to, message]);
        if (way === 'silent') return new Promise(() => undefined);
        return new Promise((resolve) => setImmediate(resolve, way === 'open'));
      },
      broadcast: () => Promise.resolve(),
      start: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    slots = new BorrowedSlots(
      ...(['pool', bus] as const),
      () => adoptions++,
      () => undefined,
    );
  });

  const told = (lender: string) =>
    sent
      .filter(([to]) => to === lender)
      .map(([, message]) => (message.type === 'held' ? message.grantIds : message.type));

  it('are never reported as held after their release', async () => {
    slots.accept('g-a', 'a');
    slots.accept('g-b', 'b');
    const reported = slots.report();
    slots.giveBack('g-b'); // while a is being told
    await reported;
    expect(told('b')).toEqual(['accept', ['g-b'], 'release']);
  });

  it('tell a lender once more when the last one is given back, and again if that did not get through', async () => {
    slots.accept('g', 'a');
    await slots.report();
    way = 'failing';
    slots.giveBack('g');
    await expect(slots.report()).rejects.toThrow('away');
    way = 'open';
    await slots.report();
    await slots.report();
    expect(told('a')).toEqual(['accept', ['g'], []]);
  });

  it('of a lender that is gone are slots of this process until they are free', async () => {
    slots.accept('g-a', 'a');
    slots.accept('g-b', 'b');
    slots.adopt('a');
    expect([slots.size, slots.ownCount, adoptions]).toEqual([2, 1, 1]);
    way = 'nobody';
    await slots.report();
    expect([slots.size, slots.ownCount, adoptions]).toEqual([2, 2, 2]);
    slots.giveBack('g-a');
    slots.giveBack('g-b');
    expect([slots.size, slots.ownCount]).toEqual([0, 0]);
    expect(told('a')).not.toContain('release');
  });

  it('of a lender that no longer hears about them are so by the time that it has taken them back', async () => {
    slots.accept('g', 'a');
    await slots.report();
    way = 'silent';
    for (let second = 0; second < 2; second++) void slots.report();
    expect(slots.ownCount).toBe(0);
    void slots.report();
    expect([slots.size, slots.ownCount]).toEqual([1, 1]);
    expect(told('a').at(-1)).toEqual([]); // on its way: it counts them no longer, if it still did
  });

  it('stay borrowed from a lender that hears about them now and then', async () => {
    slots.accept('g', 'a');
    for (const next of ['silent', 'open', 'silent', 'open', 'silent', 'open'] as const) {
      way = next;
      if (next === 'open') await slots.report();
      else void slots.report();
    }
    expect(slots.ownCount).toBe(0);
  });
});
