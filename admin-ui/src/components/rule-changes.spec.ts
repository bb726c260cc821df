import { changesOf } from './rule-changes';

const PLAN = {
  deadlineMs: 30_000,
  route: { strategy: 'cost', candidates: [{ model: 'small' }, { model: 'large' }] },
  cache: { exact: { enabled: false } },
} as never;
const decision = (changed: string[]) => ({ rule: 'r', verdict: 'matched', reason: '', changed }) as never;

describe('what a rule set', () => {
  it('is told with its value, models by their names, times with their units', () => {
    const decisions = [decision(['route.candidates', 'deadlineMs', 'cache.exact.enabled', 'not.there'])];
    expect(changesOf(PLAN, decisions, 0)).toEqual([
      'route.candidates = small, large',
      'deadlineMs = 30.00 s',
      'cache.exact.enabled = false',
      'not.there = none',
    ]);
  });

  it('is not known where a later one set it anew', () => {
    const decisions = [
      decision(['route.strategy', 'cache.exact']),
      decision(['route.strategy', 'cache.exact.enabled']),
    ];
    expect(changesOf(PLAN, decisions, 0)).toEqual([
      'route.strategy (changed again below)',
      'cache.exact (changed again below)',
    ]);
    expect(changesOf(PLAN, decisions, 1)).toContain('route.strategy = cost');
  });
});
