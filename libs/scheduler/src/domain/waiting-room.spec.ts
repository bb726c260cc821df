import { WaitingRoom, type Waiting } from './waiting-room';

const w = (tenantId: string, queueClass: 'short' | 'long' = 'short', weight = 1): Waiting => ({
  tenantId,
  class: queueClass,
  weight,
});

describe('WaitingRoom', () => {
  it('keeps the order of arrival of each tenant and class', () => {
    const room = new WaitingRoom();
    const [a1, a2, aLong, b1] = [w('a'), w('a'), w('a', 'long'), w('b')];
    for (const waiting of [a1, b1, aLong, a2]) room.add(waiting);
    expect(room.takeHead('a', 'short')).toBe(a1);
    expect(room.takeHead('a', 'short')).toBe(a2);
    expect(room.takeHead('a', 'short')).toBeUndefined();
    expect(room.takeHead('a', 'long')).toBe(aLong);
    expect(room.size).toBe(1);
  });

  it('forgets from the middle and forgets tenants without requests', () => {
    const room = new WaitingRoom();
    const [first, second, third] = [w('a'), w('a'), w('a')];
    for (const waiting of [first, second, third]) room.add(waiting);
    expect(room.remove(second)).toBe(true);
    expect(room.remove(second)).toBe(false);
    expect(room.at('a', 'short', 1)).toBe(third);
    room.remove(first);
    room.remove(third);
    expect([...room.tenantIds()]).toEqual([]);
    expect(room.size).toBe(0);
  });

  it('refuses beyond the cap of a tenant and beyond the cap of the room', () => {
    const room = new WaitingRoom();
    const caps = { perTenant: 2, total: 3 };
    room.add(w('a'));
    room.add(w('a', 'long'));
    expect(room.refusal('a', caps)).toBe('tenant-full');
    expect(room.refusal('b', caps)).toBeNull();
    room.add(w('b'));
    expect(room.refusal('c', caps)).toBe('room-full');
  });

  it('counts what is ahead by share: a flood of one tenant is not ahead of another tenant', () => {
    const room = new WaitingRoom();
    for (let i = 0; i < 100; i++) room.add(w('flood'));
    expect(room.ahead('flood', 1)).toBe(100);
    expect(room.ahead('polite', 1)).toBe(1);
    expect(room.ahead('heavy', 4)).toBe(0.25);
  });
});
