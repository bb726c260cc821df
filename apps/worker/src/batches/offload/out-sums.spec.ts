import { FakeClock } from '@relay/testing';
import { OutSums } from './out-sums';

const FRESH_MS = 5_000;

describe('what tenants have at providers', () => {
  let clock: FakeClock;
  let stored: number | Error;
  let reads: string[];
  let sums: OutSums;
  beforeEach(() => {
    [clock, stored, reads] = [new FakeClock(), 1, []];
    sums = new OutSums((tenantId) => {
      reads.push(tenantId);
      return stored instanceof Error ? Promise.reject(stored) : Promise.resolve(stored);
    }, clock);
  });

  it('is read once for all lines of a moment, and counts at once what this process sends', async () => {
    expect(await Promise.all([sums.of('acme'), sums.of('acme')])).toEqual([1, 1]);
    sums.add('acme', 0.5);
    expect([await sums.of('acme'), await sums.of('globex')]).toEqual([1.5, 1]);
    expect(reads).toEqual(['acme', 'globex']);
  });

  it('is read again after a moment, for what others send and what has come back', async () => {
    await sums.of('acme');
    sums.add('acme', 0.5);
    stored = 0.2;
    clock.advance(FRESH_MS);
    expect(await sums.of('acme')).toBe(0.2);
  });

  it('counts what was sent while it was read', async () => {
    const reading = sums.of('acme');
    sums.add('acme', 0.5);
    expect(await reading).toBe(1.5);
  });

  it('is read again at once where it could not be', async () => {
    stored = new Error('away');
    await expect(sums.of('acme')).rejects.toThrow('away');
    stored = 2;
    expect(await sums.of('acme')).toBe(2);
  });
});
