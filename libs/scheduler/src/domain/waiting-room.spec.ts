import { WaitingRoom, type Waiting } from './waiting-room';

const w = (tenantId: string, queueClass: 'short' | 'long' = 'short', changes: Partial<Waiting> = {}): Waiting => ({
  ...{ tenantId, class: queueClass, level: 'standard', weight: 1, cost: 10, bytes: 1, since: 0, number: 0 },
  ...changes,
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

  it('takes nobody else out for one that has left already', () => {
    const room = new WaitingRoom();
    const [gone, here] = [w('a'), w('a')];
    room.add(gone);
    room.remove(gone);
    room.add(here);
    expect(room.remove(gone)).toBe(false);
    expect(room.takeHead('a', 'short')).toBe(here);
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

  it('refuses beyond the bytes of a tenant and of the room, but lets one wait alone', () => {
    const room = new WaitingRoom();
    const caps = { perTenant: 10, total: 10, perTenantBytes: 10, totalBytes: 15 };
    expect(room.refusal('a', 20, caps)).toBeNull();
    const first = w('a', 'short', { bytes: 6 });
    room.add(first);
    expect([4, 5].map((bytes) => room.refusal('a', bytes, caps))).toEqual([null, 'tenant-full']);
    expect([9, 10].map((bytes) => room.refusal('b', bytes, caps))).toEqual([null, 'room-full']);
    room.remove(first);
    expect(room.refusal('a', 10, caps)).toBeNull();
  });

  it('refuses beyond the cap of a tenant and beyond the cap of the room', () => {
    const room = new WaitingRoom();
    const caps = { perTenant: 2, total: 3, perTenantBytes: 100, totalBytes: 100 };
    room.add(w('a'));
    room.add(w('a', 'long'));
    expect(room.refusal('a', 1, caps)).toBe('tenant-full');
    expect(room.refusal('b', 1, caps)).toBeNull();
    room.add(w('b'));
    expect(room.refusal('c', 1, caps)).toBe('room-full');
  });

  it('puts the levels of a tenant in order, and lets nobody be passed for longer than its level yields', () => {
    const room = new WaitingRoom();
    const batch = w('a', 'short', { level: 'batch', since: 0 });
    const standard = w('a', 'short', { since: 1 });
    const interactive = w('a', 'short', { level: 'interactive', since: 9_999 });
    const tooLate = w('a', 'short', { level: 'interactive', since: 10_002 });
    const muchLater = w('a', 'short', { level: 'interactive', since: 130_000 });
    for (const waiting of [batch, standard, interactive, tooLate, muchLater]) room.add(waiting);
    expect([0, 1, 2, 3, 4, 5].map((place) => room.at('a', 'short', place))).toEqual([
      ...[interactive, standard, tooLate, batch, muchLater],
      undefined,
    ]);
    expect(['interactive', 'standard', 'batch'].map((level) => room.countOfLevel(level as Waiting['level']))).toEqual([
      3, 1, 1,
    ]);
  });

  it('gives those who come back the places that they had', () => {
    const room = new WaitingRoom();
    const [first, second, third, fourth] = [1, 2, 3, 4].map((since) => w('a', 'short', { since }));
    for (const waiting of [third!, fourth!, first!, second!]) room.add(waiting);
    expect([0, 1, 2, 3].map((place) => room.at('a', 'short', place))).toEqual([first, second, third, fourth]);
  });

  it('counts the work ahead by share: a flood of one tenant is not ahead of another tenant', () => {
    const room = new WaitingRoom();
    for (let i = 0; i < 100; i++) room.add(w('flood'));
    const all = (): boolean => true;
    const ahead = (tenant: string, weight: number, cost: number): number =>
      room.workAhead(tenant, weight, cost, room.workOf(tenant, all));
    expect(ahead('flood', 1, 10)).toBe(1_000);
    expect(ahead('polite', 1, 10)).toBe(10);
    expect(ahead('polite', 1, 500)).toBe(500); // more work of its own, more turns of the others
    expect(ahead('heavy', 4, 10)).toBe(2.5);
    room.add(w('flood', 'long', { level: 'interactive', cost: 70 }));
    expect(room.workOf('flood', (level) => level === 'interactive')).toBe(70);
  });
});
