import { Presence } from './presence';

describe('Presence', () => {
  it('is told to the others at once, and every ten seconds while requests come', () => {
    const presence = new Presence();
    presence.saw('long', 'standard', 500);
    expect(presence.toTell(1_000)).toEqual(['long', 'others']);
    presence.saw('long', 'interactive', 2_000);
    presence.saw('short', 'batch', 2_000);
    expect(presence.toTell(3_000)).toEqual(['short', 'batch']);
    expect(presence.toTell(11_000)).toEqual(['long', 'others']);
    expect(presence.toTell(31_000)).toEqual([]); // none came since
    presence.tellAgain(); // of what came within half a minute
    expect(presence.toTell(31_500)).toEqual(['short', 'long', 'batch', 'others']);
    presence.tellAgain();
    expect(presence.toTell(32_000)).toEqual([]);
  });

  it('of others holds for half a minute, and is not told on', () => {
    const presence = new Presence();
    presence.heard(['short'], 0);
    expect([presence.isAnywhere('short', 29_999), presence.isElsewhere('short', 29_999)]).toEqual([true, true]);
    expect([presence.isAnywhere('short', 30_000), presence.isElsewhere('short', 30_000)]).toEqual([false, false]);
    expect(presence.toTell(0)).toEqual([]);
    presence.saw('long', 'batch', 0);
    expect([presence.isAnywhere('long', 0), presence.isElsewhere('long', 0)]).toEqual([true, false]);
  });
});
