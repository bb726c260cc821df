import { Shares } from './shares';

const SHORT = { class: 'short', level: 'standard' } as const;
const LONG = { class: 'long', level: 'standard' } as const;
const BATCH = { class: 'short', level: 'batch' } as const;

describe('Shares', () => {
  const shares = (): Shares => new Shares(() => ({ shortShare: 0.2, batchShare: 0.8 }));

  it('keeps a part of the slots free of long requests while short ones come', () => {
    const held = shares();
    held.saw(SHORT, 0);
    for (let i = 0; i < 8; i++) {
      expect(held.allows(LONG, 10, 0)).toBe(true);
      held.take(LONG);
    }
    expect(held.allows(LONG, 10, 0)).toBe(false);
    expect(held.allows(SHORT, 10, 0)).toBe(true);
    expect(held.allows(LONG, 10, 30_000)).toBe(true); // no short request for half a minute: nothing is kept free
    expect(held.giveBack(LONG)).toBe(true);
    expect(held.allows(LONG, 10, 0)).toBe(true);
  });

  it('lets requests of the level batch hold their part while others come', () => {
    const held = shares();
    for (let i = 0; i < 10; i++) held.take(BATCH);
    expect(held.allows(BATCH, 20, 0)).toBe(true);
    held.saw(SHORT, 0);
    expect(held.allows(BATCH, 20, 0)).toBe(true);
    for (let i = 0; i < 6; i++) held.take(BATCH);
    expect(held.allows(BATCH, 20, 0)).toBe(false);
    expect(held.allows(SHORT, 20, 0)).toBe(true);
  });

  it('keeps nothing free of a handful of slots', () => {
    const held = shares();
    held.saw(SHORT, 0);
    for (let i = 0; i < 3; i++) held.take(LONG);
    expect(held.allows(LONG, 4, 0)).toBe(true);
    held.take(LONG);
    held.take(LONG);
    expect(held.allows(LONG, 6, 0)).toBe(false);
  });
});
