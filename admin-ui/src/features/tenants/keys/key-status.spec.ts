import { statusOfKey, whyFixed } from './key-status';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const KEY = { revokedAt: null, expiresAt: null, rotatedTo: null };
const LATER = '2026-11-22T12:00:01Z';

describe('the state of a key', () => {
  it('is active without an end, or before it', () => {
    expect(statusOfKey(KEY, NOW).label).toBe('active');
    expect(statusOfKey({ ...KEY, expiresAt: LATER }, NOW).label).toBe('active');
  });
  it('is expired from the moment of its end', () =>
    expect(statusOfKey({ ...KEY, expiresAt: '2026-11-22T12:00:00Z' }, NOW).label).toBe('expired'));
  it('is rotated while the old one overlaps with the new one, and expired after', () => {
    expect(statusOfKey({ ...KEY, rotatedTo: 'k2', expiresAt: LATER }, NOW).label).toBe('rotated');
    expect(statusOfKey({ ...KEY, rotatedTo: 'k2', expiresAt: LATER }, NOW + 2_000).label).toBe('expired');
  });
  it('is revoked whatever else is true', () =>
    expect(statusOfKey({ revokedAt: LATER, expiresAt: LATER, rotatedTo: 'k2' }, NOW + 9_000).label).toBe('revoked'));
});

describe('what cannot be changed', () => {
  it('is what stands in relay.yaml, and what is revoked', () => {
    const active = statusOfKey(KEY, NOW);
    expect(whyFixed({ source: 'config' }, active)).toMatch(/relay\.yaml/);
    expect(whyFixed({ source: 'database' }, { tone: 'bad', label: 'revoked' })).toMatch(/revoked/);
    expect(whyFixed({ source: 'database' }, active)).toBeNull();
  });
});
