import { refusalError } from './refusal';
import { retryAfterSeconds } from './retry-after';
import type { Refused, RefusalReason } from './verdict';

const refused = (reason: RefusalReason, waitMs = 8_000, leftMs = 5_000): Refused => ({
  kind: 'refused',
  reason,
  met: { waitMs, serviceP90Ms: null, leftMs, strain: 2 },
  tried: [],
});

describe('Retry-After', () => {
  it.each([
    [0, 0, 1],
    [2_001, 0, 3],
    [8_000, 0, 8],
    [8_000, 0.999, 10], // a quarter more, so that not all come back at once
    [600_000, 0, 60],
  ])('after a wait of %d ms, drawn %d, is %d s', (waitMs, random, seconds) => {
    expect(retryAfterSeconds(waitMs, random)).toBe(seconds);
  });
});

describe('a refusal', () => {
  it.each<[RefusalReason, number, number | undefined]>([
    ['late', 429, 8],
    ['shed', 429, 8],
    ['no-time', 504, undefined], // trying again does not help
  ])('for being %s has status %d and Retry-After %s', (reason, status, seconds) => {
    const error = refusalError(refused(reason), 0);
    expect([error.status, error.retryAfterSeconds]).toEqual([status, seconds]);
    expect(error.message).toMatch(/Try again after the time in Retry-After|x-relay-deadline-ms/);
  });

  it('of batch work lasts as long as an overload at least', () => {
    expect(refusalError(refused('shed', 0), 0).retryAfterSeconds).toBe(5);
  });

  it('says whether the deadline has passed, or is too near', () => {
    expect(refusalError(refused('no-time', 0, -1), 0).message).toContain('deadline passed');
    expect(refusalError(refused('no-time', 0, 40), 0).message).toContain('within the 40 ms');
  });
});
