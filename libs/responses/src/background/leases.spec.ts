import { FakeClock } from '@relay/testing';
import { LEASE_MS, type BackgroundStore, type ClaimedResponse, type ResponseName } from './background.store';
import { Leases, RENEWAL_MS, type Lease } from './leases';

const A = { tenantId: 'acme', id: 'resp_a' };
const B = { tenantId: 'acme', id: 'resp_b' };

/** Leases as the database has them. */
class FakeStore {
  names: ResponseName[] = [];
  isAway = false;
  claim(name: ResponseName): Promise<ClaimedResponse | 'ended'> {
    this.names.push(name);
    return Promise.resolve({ tenantId: name.tenantId } as ClaimedResponse);
  }
  renewed: readonly ResponseName[] = [];
  renew(_owner: string, names: readonly ResponseName[]): Promise<ResponseName[]> {
    this.renewed = names;
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(this.names);
  }
}

describe('the leases of a process', () => {
  let clock: FakeClock;
  let store: FakeStore;
  let leases: Leases;
  beforeEach(() => {
    clock = new FakeClock();
    store = new FakeStore();
    leases = new Leases(store as Partial<BackgroundStore> as BackgroundStore, clock);
  });
  const take = async (name: ResponseName): Promise<Lease> => {
    const lease = await leases.take(name);
    if (typeof lease === 'string') throw new Error(`it is ${lease}`);
    return lease;
  };

  it('end when somebody cancelled what they are for, and no other does', async () => {
    const [a, b] = [await take(A), await take(B)];
    await clock.advanceAsync(RENEWAL_MS);
    expect([a.signal.aborted, b.signal.aborted]).toEqual([false, false]);
    store.names = [B];
    await clock.advanceAsync(RENEWAL_MS);
    expect([a.signal.aborted, b.signal.aborted]).toEqual([true, false]);
  });

  it('outlast a database that is away, and end when it is back and says that others have taken them', async () => {
    const [a, b] = [await take(A), await take(B)];
    store.isAway = true;
    await clock.advanceAsync(20 * LEASE_MS);
    expect([a.signal.aborted, b.signal.aborted]).toEqual([false, false]);
    store.isAway = false;
    store.names = [B];
    await clock.advanceAsync(RENEWAL_MS);
    expect([a.signal.aborted, b.signal.aborted]).toEqual([true, false]);
  });

  it('are renewed only of what is worked on', async () => {
    const [a] = [await take(A), await take(B)];
    await clock.advanceAsync(RENEWAL_MS);
    expect(store.renewed).toEqual([A, B]);
    a.end();
    await clock.advanceAsync(RENEWAL_MS);
    expect(store.renewed).toEqual([B]);
  });

  it('are not renewed any more when they were given up', async () => {
    await take(A);
    store.names = [];
    await clock.advanceAsync(RENEWAL_MS);
    await take(B);
    await clock.advanceAsync(RENEWAL_MS);
    expect(store.renewed).toEqual([B]);
  });

  it('are renewed only while there are any', async () => {
    const a = await take(A);
    a.end();
    await clock.advanceAsync(RENEWAL_MS);
    expect(clock.pending).toBe(0);
    await take(B);
    expect(clock.pending).toBe(1);
  });

  it('are one for each response', async () => {
    const a = await take(A);
    expect(await leases.take(A)).toBe('held');
    a.end();
    expect(await leases.take(A)).toMatchObject({ claimed: { tenantId: 'acme' } });
  });
});
