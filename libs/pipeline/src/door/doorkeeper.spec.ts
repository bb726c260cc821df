import { FakeClock } from '@relay/testing';
import { Doorkeeper, FLOOD_REQUESTS, LOOKED_AT_EVERY, WINDOW_MS } from './doorkeeper';

describe('Doorkeeper', () => {
  const start = (...busy: readonly number[]) => {
    const clock = new FakeClock();
    const left = [...busy];
    const last = left.pop() ?? 0.9;
    const door = new Doorkeeper({ sinceLast: () => left.shift() ?? last } as never, clock);
    /** So many requests of a tenant in one window, of which those that are let in are refused, or not; gives how many are let in. */
    const window = (keyId: string, requests: number, isRefused: (nth: number) => boolean): number => {
      let lookedAt = 0;
      for (let i = 0; i < requests; i++) {
        if (door.refusal(keyId)) continue;
        if (isRefused(lookedAt++)) door.refused(keyId, 7);
      }
      clock.advance(WINDOW_MS);
      return lookedAt;
    };
    return { clock, door, window };
  };
  const all = (): boolean => true;

  it('looks at every tenth request only of a key that is refused nearly everything, and says when to come again', () => {
    const { door, window } = start();
    expect(window('flood', 1_000, all)).toBe(1_000);
    expect(window('flood', 1_000, all)).toBe(1_000 / LOOKED_AT_EVERY);
    expect(door.turnedAway).toBe(900);
    door.refusal('flood');
    expect(door.refusal('flood')).toMatchObject({ code: 'overloaded', retryAfterSeconds: 7 });
  });

  it('lets everybody else in', () => {
    const { window } = start();
    window('flood', 1_000, all);
    expect(window('polite', 1_000, all)).toBe(1_000);
  });

  it.each([
    ['the process has time', 0.3, 1_000, all],
    ['there are few', 0.9, FLOOD_REQUESTS - 1, all],
    ['one in eight is answered, or still being answered', 0.9, 1_000, (nth: number) => nth % 8 !== 0],
  ])('looks at every request where %s', (_why, busy, requests, isRefused) => {
    const { window } = start(busy);
    window('acme', requests, isRefused);
    expect(window('acme', requests, isRefused)).toBe(requests);
  });

  it('keeps a flood out for which the process has time only because it is kept out', () => {
    const { window } = start(0, 0.7, 0.2);
    window('flood', 1_000, all);
    for (let i = 0; i < 5; i++) expect(window('flood', 1_000, all)).toBe(100);
  });

  it('lets in what is left of a flood once the process has time for all of it', () => {
    const { window } = start(0, 0.7, 0.2);
    window('flood', 1_000, all);
    window('flood', 60, all);
    expect(window('flood', 60, all)).toBe(60);
  });

  it('keeps a flood out of which more of the few that are looked at are answered', () => {
    const { window } = start();
    const isRefused = (nth: number): boolean => nth >= 40;
    window('flood', 1_000, isRefused);
    for (let i = 0; i < 5; i++) expect(window('flood', 1_000, isRefused)).toBe(100);
  });

  it('lets a key in again in the window after most of what is looked at was answered', () => {
    const { window } = start();
    window('flood', 1_000, all);
    expect(window('flood', 1_000, (nth) => nth >= 60)).toBe(100);
    expect(window('flood', 1_000, all)).toBe(1_000);
  });

  it('forgets a flood that has paused', () => {
    const { clock, window } = start();
    window('flood', 1_000, all);
    clock.advance(3 * WINDOW_MS);
    expect(window('flood', 1_000, all)).toBe(1_000);
  });
});
