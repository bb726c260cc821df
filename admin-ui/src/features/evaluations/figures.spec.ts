import type { ComparedFigure, EvaluationGroup } from './evaluations.queries';
import { formatDifference, formatFigure, intervalOf, sortValue, summaryOf } from './figures';

const figure = (name: ComparedFigure['figure'], verdict: ComparedFigure['verdict']): ComparedFigure => ({
  ...{ figure: name, verdict, difference: null, low: null, high: null, relative: null },
});

describe('figures of evaluations', () => {
  it('are written as what they are', () => {
    expect(formatFigure('quality', 0.7654)).toBe('0.77');
    expect(formatFigure('errorShare', 0.0123)).toBe('1.2 %');
    expect(formatFigure('p95Ms', 1_450)).toBe('1.45 s');
    expect(formatFigure('costPer1kUsd', '2.041632653061')).toBe('$2.04');
    expect(formatFigure('outputTokens', 431.7)).toBe('432');
    expect(formatFigure('ttftP95Ms', null)).toBe('–');
  });

  it('have a sign where they are a difference', () => {
    expect(formatDifference('quality', -0.08)).toBe('−0.08');
    expect(formatDifference('costPer1kUsd', '-0.5')).toBe('−$0.50');
    expect(formatDifference('p50Ms', 240)).toBe('+240 ms');
    expect(formatDifference('errorShare', 0)).toBe('0 %');
  });

  it('tell the interval only where there is one', () => {
    expect(intervalOf('quality', { value: 0.8, low: 0.71, high: 0.87, count: 90 })).toBe('0.71 to 0.87 (95%)');
    expect(intervalOf('p95Ms', { value: 80, low: 70, high: null, count: 9 })).toBe('');
  });

  it('say first what is worse', () => {
    expect(summaryOf([figure('quality', 'worse'), figure('costPer1kUsd', 'better')])).toEqual({
      ...{ tone: 'bad', text: 'Worse: Quality (feedback). Better: Cost of 1,000 requests.' },
    });
    expect(summaryOf([figure('quality', 'too-few'), figure('p50Ms', 'no-difference')]).tone).toBe('calm');
    expect(summaryOf([figure('quality', 'too-few')]).text).toMatch(/^Too few/);
  });

  it('sort amounts as amounts', () => {
    const cost = (value: string) => ({ figures: { costPer1kUsd: { value } } }) as unknown as EvaluationGroup;
    expect(['9.5', '10.2'].map((value) => sortValue(cost(value), 'costPer1kUsd'))).toEqual([9.5, 10.2]);
  });
});
