import type { Schemas } from '../../api/client';
import { callsOf, classesOf, errorRateOf, lastErrorOf, nextTryOf, stateOf, ttftP95Of } from './provider-state';

const provider = (breakers: readonly Schemas['Target']['breaker'][], inService = 1) => ({
  targets: breakers.map((breaker) => ({ breaker })) as Schemas['Target'][],
  keys: { total: 1, inService, refused: 0, limited: 0 },
});

describe('how a provider is', () => {
  it('is told by its breakers, the worst first, and then by its keys', () => {
    const states = [
      provider(['open', 'open']),
      provider(['open', 'closed']),
      provider(['half-open']),
      provider(['closed'], 0),
      provider(['closed']),
    ].map(stateOf);
    expect(states.map(({ label }) => label)).toEqual(['out', '1 of 2 out', 'trying again', '1 keys out', 'well']);
    expect(states.map(({ rank }) => rank)).toEqual([0, 1, 2, 3, 4]);
  });

  it('is out of service, and not broken, where an operator wants it so', () => {
    const drained = { breaker: 'open', reason: 'drained' };
    const stateWith = (...targets: readonly object[]) =>
      stateOf({ targets: targets as Schemas['Target'][], keys: null });
    expect(stateWith(drained, drained)).toMatchObject({ tone: 'calm', label: 'out of service' });
    expect(stateWith(drained, { breaker: 'closed', reason: null })).toMatchObject({ label: '1 of 2 out' });
  });

  it('counts the errors of all its models by how often they were called', () => {
    const targets = [
      { errorRate: 1, samples: 1 },
      { errorRate: 0, samples: 3 },
      { errorRate: null, samples: 0 },
    ];
    expect(errorRateOf(targets)).toBe(0.25);
    expect(errorRateOf([])).toBeNull();
  });

  it('is as slow as its slowest model, and was not called for what the cache answered', () => {
    expect(ttftP95Of([{ ttftP95Ms: 60 }, { ttftP95Ms: null }, { ttftP95Ms: 530 }])).toBe(530);
    expect(ttftP95Of([{ ttftP95Ms: null }])).toBeNull();
    expect(callsOf([{ requests: 98, cacheHits: 90 }])).toEqual([8]);
  });

  it('tells the newest error, and the nearest try', () => {
    const open = (openUntil: string | null, reason: 'failures' | 'drained' = 'failures') => ({ openUntil, reason });
    const error = (at: string) => ({ lastError: { at, code: 'timeout', upstreamStatus: null, message: '' } });
    expect(lastErrorOf([error('2026-01-01'), error('2026-01-02'), { lastError: null }])?.at).toBe('2026-01-02');
    expect(nextTryOf([open(null), open('2026-01-02'), open('2026-01-01'), open('2025-12-31', 'drained')])).toBe(
      '2026-01-01',
    );
  });

  it('has its errors by class', () => {
    expect(classesOf([{ errorCode: 'timeout' }, { errorCode: null }, { errorCode: 'timeout' }])).toEqual([
      { code: 'timeout', count: 2 },
      { code: 'unknown', count: 1 },
    ]);
  });
});
