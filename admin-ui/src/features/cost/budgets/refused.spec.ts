import { refusedFor } from './refused';

const budget = (state: 'ok' | 'exceeded', hard = true, tenant = 'acme') => ({ tenant, hard, state });
const COUNTS = [{ key: 'acme', requests: 12 }];

describe('requests that a budget refused', () => {
  it('are told of one that is not used up, because what is left is too small for a request', () => {
    expect(refusedFor(budget('ok'), [budget('ok')], COUNTS)).toBe(12);
  });
  it('are told of the one that is used up, where there is one', () => {
    const all = [budget('ok'), budget('exceeded')];
    expect(all.map((each) => refusedFor(each, all, COUNTS))).toEqual([0, 12]);
  });
  it('are not of a budget that only warns, nor of another tenant', () => {
    expect(refusedFor(budget('exceeded', false), [], COUNTS)).toBe(0);
    expect(refusedFor(budget('ok', true, 'globex'), [budget('exceeded')], COUNTS)).toBe(0);
  });
});
