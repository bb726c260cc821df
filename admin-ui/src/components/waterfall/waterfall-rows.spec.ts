import type { TraceDetail } from '../../api/queries/trace.queries';
import { overheadMs, waterfallOf } from './waterfall-rows';

const stage = (name: string, startMs: number, durationMs: number, attributes = {}) => ({
  name,
  startMs,
  durationMs,
  attributes,
});
const attempt = (outcome: string, startMs: number, durationMs: number) => ({
  ...{ provider: 'p', model: 'm', outcome, upstreamStatus: outcome === 'ok' ? 200 : 529, startMs, durationMs },
  ...{ inputTokens: 5, outputTokens: 50, costUsd: '0.1' },
});
const trace = {
  ttftMs: 600,
  totalMs: 1_110,
  stages: [stage('auth', 0, 1), stage('queue', 1, 99, { class: 'long' }), stage('upstream', 100, 1_000)],
  attemptLog: [attempt('upstream_error', 100, 300), attempt('ok', 400, 700)],
} as unknown as TraceDetail;

describe('the waterfall', () => {
  it('has each call in place of the stage that made them, failures marked', () => {
    expect(waterfallOf(trace).map(({ name, failed, nested }) => [name, failed, nested])).toEqual([
      ['auth', false, false],
      ['queue', false, false],
      ['p · m', true, false],
      ['p · m', false, false],
      ['to the first token', false, true],
      ['stream', false, true],
    ]);
  });

  it('tells why, and how fast the tokens came', () => {
    const notes = waterfallOf(trace).map(({ note }) => note);
    expect(notes).toEqual(['', 'long', 'upstream_error 529', '', '', '50 tok · 100 tok/s']);
  });

  it('tells who rode along with another what it waited for, and does not blame the relay for it', () => {
    const stages = [stage('auth', 0, 1), stage('parse', 1, 2)];
    const rode = { ...trace, cache: 'coalesced', cacheSource: 'abc', totalMs: 5_000, ttftMs: null, attemptLog: [] };
    const waited = waterfallOf({ ...rode, stages } as unknown as TraceDetail).at(-1);
    expect(waited).toMatchObject({ name: 'waited for the same call', part: 'wait', startMs: 3, durationMs: 4_997 });
    expect(waited?.facts).toEqual([['made by trace', 'abc']]);
    expect(overheadMs({ ...rode, stages } as unknown as TraceDetail)).toBe(3);
    const elsewhere = { ...rode, stages: [...stages, stage('follow', 3, 4_990)] } as unknown as TraceDetail;
    expect(waterfallOf(elsewhere).map(({ part }) => part)).toEqual(['relay', 'relay', 'wait']);
    expect(overheadMs(elsewhere)).toBeCloseTo(10);
  });

  it('counts as overhead what is neither waiting nor an upstream', () => {
    expect(overheadMs(trace)).toBeCloseTo(11);
  });
});
