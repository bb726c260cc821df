import { completed, failure } from '../../test/outcomes';
import { slotReportOf } from './slot-report';

const USAGE = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 21, reasoningTokens: 0 };
const WHOLE = { request: {}, trace: { stream: false } };
const STREAM = { request: {}, trace: { stream: true } };

describe('what the scheduler hears of a call', () => {
  it('is its cost, output counted double, and how a stream went', () => {
    const outcome = completed({ usage: USAGE, ttftMs: 200, totalMs: 1_200 });
    expect(slotReportOf(outcome, STREAM)).toEqual({ ended: 'completed', cost: 52, ttftMs: 200, tpotMs: 50 });
    expect(slotReportOf(outcome, WHOLE)).toEqual({ ended: 'completed', cost: 52 });
    expect(slotReportOf(completed({ usage: null }), WHOLE)).toEqual({ ended: 'completed' });
  });

  it('is no more than a call can take, whatever its upstream tells', () => {
    const outcome = completed({ usage: { ...USAGE, outputTokens: 1e18 }, ttftMs: 200, totalMs: 1_000_199 });
    expect(slotReportOf(outcome, STREAM)).toMatchObject({ cost: 20_000_000, tpotMs: 1 });
  });

  it('is the pace of one answer: several run beside each other, and the usage is that of all', () => {
    const four = { request: { n: 4 }, trace: { stream: true } };
    const outcome = completed({ usage: { ...USAGE, outputTokens: 84 }, ttftMs: 200, totalMs: 1_200 });
    expect(slotReportOf(outcome, four)).toMatchObject({ cost: 178, tpotMs: 50 });
    const single = completed({ usage: { ...USAGE, outputTokens: 4 } });
    expect(slotReportOf(single, four)).not.toHaveProperty('tpotMs');
  });

  it.each([
    ['a refused connection cost nothing', {}, { ended: 'failed', cost: 0 }],
    ['a 429 cost nothing', { upstreamStatus: 429, retryAfterMs: 2_000 }, { ended: 'rate-limited', cost: 0 }],
    ['a stream that broke off cost nobody knows what', { started: true }, { ended: 'failed' }],
    ['what was told before a failure counts', { usage: USAGE }, { ended: 'failed', cost: 52 }],
  ])('%s', (_what, changes, report) => {
    expect(slotReportOf(failure(changes), WHOLE)).toEqual(report);
  });

  it('is what the provider tells of its limits', () => {
    const told = { remainingRequests: 3, requestsResetMs: 1_000 };
    expect(slotReportOf(completed({ usage: USAGE, told }), WHOLE)).toMatchObject({ told });
  });
});
