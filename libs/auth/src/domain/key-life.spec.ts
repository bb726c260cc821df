import { endedKey, expiryOfSuccessor } from './key-life';

const at = (ms: number): Date => new Date(ms);
const live = { createdAt: at(1_000), expiresAt: null, revokedAt: null, rotatedTo: null };

describe('the life of a key', () => {
  it('ends for good when it is revoked', () => {
    expect(endedKey({ ...live, revokedAt: at(5) }, false)).toMatchObject({ code: 'conflict', param: 'keyId' });
  });

  it('has an end that no change moves once another key has taken its place', () => {
    const rotated = { ...live, rotatedTo: 'next' };
    expect(endedKey(rotated, true)?.message).toContain('next');
    expect(endedKey(rotated, false)).toBeNull();
  });

  it('is over at its expiry for those who need it in use', () => {
    const expiring = { ...live, expiresAt: at(2_000) };
    expect(endedKey(expiring, true, 1_999)).toBeNull();
    expect(endedKey(expiring, true, 2_000)).toMatchObject({ code: 'conflict' });
    expect(endedKey(expiring, true)).toBeNull();
  });

  it('is as long for the key that takes its place', () => {
    expect(expiryOfSuccessor(live, 7_000)).toBeNull();
    expect(expiryOfSuccessor({ ...live, expiresAt: at(4_000) }, 7_000)).toEqual(at(10_000));
  });
});
