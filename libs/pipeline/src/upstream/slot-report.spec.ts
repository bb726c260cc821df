import { completed, failure } from '../../test/outcomes';
import { slotReportOf } from './slot-report';

const USAGE = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 21, reasoningTokens: 0 };

describe('what the scheduler hears of a call', () => {
  it('is its cost, output counted double, and how a stream went', () => {
    const outcome = completed({ usage: USAGE, ttftMs: 200, totalMs: 1_200 });
    expect(slotReportOf(outcome, true)).toEqual({ ended: 'completed', cost: 52, ttftMs: 200, tpotMs: 50 });
    expect(slotReportOf(outcome, false)).toEqual({ ended: 'completed', cost: 52 });
    expect(slotReportOf(completed({ usage: null }), false)).toEqual({ ended: 'completed' });
  });

  it.each([
    ['a refused connection cost nothing', {}, { ended: 'failed', cost: 0 }],
    [
      'a 429 cost nothing',
      { upstreamStatus: 429, retryAfterMs: 2_000 },
      { ended: 'rate-limited', cost: 0, retryAfterMs: 2_000 },
    ],
    ['a stream that broke off cost nobody knows what', { started: true }, { ended: 'failed' }],
    ['what was told before a failure counts', { usage: USAGE }, { ended: 'failed', cost: 52 }],
  ])('%s', (_what, changes, report) => {
    expect(slotReportOf(failure(changes), false)).toEqual(report);
  });

  it('is what the provider tells of its limits', () => {
    const told = { remainingRequests: 3, requestsResetMs: 1_000 };
    expect(slotReportOf(completed({ usage: USAGE, told }), false)).toMatchObject({ told });
  });
});
