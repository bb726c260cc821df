import type { BusMessage } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';
import { BorrowedSlots } from './borrowed-slots';

describe('borrowed slots', () => {
  it('are never reported as held after their release', async () => {
    const sent: (readonly [string, BusMessage])[] = [];
    const bus: MessageBus = {
      ...{ processId: 'me', shared: true },
      send: (to, message) => {
        sent.push([to, message]);
        return new Promise((resolve) => setImmediate(resolve, true));
      },
      broadcast: () => Promise.resolve(),
      start: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const slots = new BorrowedSlots('pool', bus, (error) => {
      throw error;
    });
    slots.accept('g-a', 'a');
    slots.accept('g-b', 'b');
    const reported = slots.report();
    slots.giveBack('g-b'); // while a is being told
    await reported;
    const toB = sent.filter(([to]) => to === 'b').map(([, { type }]) => type);
    expect(toB).toEqual(['accept', 'held', 'release']);
  });

  it('tell a lender once more when the last one is given back, and again if that did not get through', async () => {
    const sent: BusMessage[] = [];
    let isAway = false;
    const bus: MessageBus = {
      ...{ processId: 'me', shared: true },
      send: (_to, message) => {
        if (isAway) return Promise.reject(new Error('away'));
        sent.push(message);
        return Promise.resolve(true);
      },
      broadcast: () => Promise.resolve(),
      start: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const slots = new BorrowedSlots('pool', bus, () => undefined);
    slots.accept('g', 'a');
    await slots.report();
    isAway = true;
    slots.giveBack('g');
    await expect(slots.report()).rejects.toThrow('away');
    isAway = false;
    await slots.report();
    await slots.report();
    expect(sent.map((message) => (message.type === 'held' ? message.grantIds : message.type))).toEqual([
      'accept',
      ['g'],
      [],
    ]);
  });
});
