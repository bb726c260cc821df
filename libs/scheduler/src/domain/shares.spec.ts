import { Shares } from './shares';

const LONG = { long: true, batch: false };
const BATCH = { long: false, batch: true };

describe('Shares', () => {
  const shares = (): Shares => new Shares(() => ({ shortShare: 0.2, batchShare: 0.8 }));

  it('keeps a part of the slots free of long requests while short ones come', () => {
    const held = shares();
    held.saw('short', 'standard', 0);
    expect(held.longRoom(10, 0)).toBe(8);
    for (let i = 0; i < 8; i++) held.take(LONG);
    expect(held.longRoom(10, 29_999)).toBe(0);
    expect(held.longRoom(10, 30_000)).toBe(Infinity); // no short request for half a minute: nothing is kept free
    held.giveBack(LONG);
    expect(held.longRoom(10, 0)).toBe(1);
  });

  it('lets requests of the level batch hold their part while others come', () => {
    const held = shares();
    for (let i = 0; i < 10; i++) held.take(BATCH);
    held.saw('long', 'batch', 0);
    expect(held.batchRoom(20, 0)).toBe(Infinity);
    held.saw('long', 'standard', 0);
    expect(held.batchRoom(20, 0)).toBe(6);
    held.giveBack(BATCH);
    expect(held.batchRoom(20, 0)).toBe(7);
  });

  it('keeps nothing free of a handful of slots', () => {
    const held = shares();
    held.saw('short', 'standard', 0);
    expect([1, 2, 4, 5, 6].map((slots) => held.longRoom(slots, 0))).toEqual([1, 2, 4, 4, 5]);
  });
});
