import { Presence } from './presence';
import { Shares } from './shares';

const LONG = { long: true, batch: false };
const BATCH = { long: false, batch: true };

describe('Shares', () => {
  let presence: Presence;
  let held: Shares;
  beforeEach(() => {
    presence = new Presence();
    held = new Shares(() => ({ shortShare: 0.2, batchShare: 0.8 }), presence);
  });
  const alone = (slots: number) => ({ own: slots, pool: slots });

  it('keeps a part of the slots free of long requests while short ones come', () => {
    presence.saw('short', 'standard', 0);
    expect(held.longRoom(alone(10), 0)).toBe(8);
    for (let i = 0; i < 8; i++) held.take(LONG);
    expect(held.longRoom(alone(10), 29_999)).toBe(0);
    expect(held.longRoom(alone(10), 30_000)).toBe(Infinity); // no short request for half a minute: nothing is kept free
    held.giveBack(LONG);
    expect(held.longRoom(alone(10), 0)).toBe(1);
  });

  it('lets requests of the level batch hold their part while others come', () => {
    for (let i = 0; i < 10; i++) held.take(BATCH);
    presence.saw('long', 'batch', 0);
    expect(held.batchRoom(alone(20), 0)).toBe(Infinity);
    presence.saw('long', 'standard', 0);
    expect(held.batchRoom(alone(20), 0)).toBe(6);
    held.giveBack(BATCH);
    expect(held.batchRoom(alone(20), 0)).toBe(7);
  });

  it('counts the slots of other processes that have none of that kind as kept free', () => {
    const slots = { own: 16, pool: 20 };
    presence.saw('long', 'batch', 0);
    expect([held.longRoom(slots, 0), held.batchRoom(slots, 0)]).toEqual([Infinity, Infinity]);
    presence.heard(['short', 'others'], 0);
    expect([held.longRoom(slots, 0), held.batchRoom(slots, 0)]).toEqual([16, 16]);
    presence.heard(['long', 'batch'], 0);
    expect([held.longRoom(slots, 0), held.batchRoom(slots, 0)]).toEqual([13, 13]);
  });

  it('keeps nothing free of a handful of slots', () => {
    presence.saw('short', 'standard', 0);
    expect([1, 2, 4, 5, 6].map((slots) => held.longRoom(alone(slots), 0))).toEqual([1, 2, 4, 4, 5]);
  });
});
