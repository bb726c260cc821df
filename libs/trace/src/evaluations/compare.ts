import {
  type ComparedFigure,
  evaluationFigureSchema,
  type EvaluationFigure,
  type EvaluationVerdict,
} from '@relay/contracts';
import { deviationsOf, differenceOf, type Estimate } from '@relay/core';
import { figureOf } from './figures';
import type { Sample } from './sample';
import { usdOf } from './usd';

/** Of a hundred comparisons of what is alike, five at most find a difference in any figure. */
const FAMILY_CONFIDENCE = 0.95;

export interface Compared {
  readonly tested: number;
  readonly confidence: number;
  readonly regression: boolean;
  readonly figures: ComparedFigure[];
}

/**
 * Each figure of two samples. Who looks at nine figures finds one that differs by chance sooner or later: each is held to so high a
 * confidence that all of them together have 95% (C. E. Bonferroni, 1936). A change below `tolerance`, as a share of the first, is none.
 */
export function compare(a: Sample, b: Sample, tolerance: number): Compared {
  const testable = evaluationFigureSchema.options.filter((name) => isTestable(name, a) && isTestable(name, b));
  const confidence = 1 - (1 - FAMILY_CONFIDENCE) / Math.max(1, testable.length);
  const deviations = deviationsOf(confidence);
  const figures = evaluationFigureSchema.options.map((name) =>
    compareFigure(name, a, b, { deviations, tolerance, isTested: testable.includes(name) }),
  );
  return {
    ...{ tested: testable.length, confidence, figures },
    regression: figures.some(({ verdict }) => verdict === 'worse'),
  };
}

interface Terms {
  readonly deviations: number;
  readonly tolerance: number;
  readonly isTested: boolean;
}

const isTestable = (name: EvaluationFigure, sample: Sample): boolean => {
  const { see, least } = figureOf(name);
  return (see(sample, 1)?.count ?? 0) >= least;
};

function compareFigure(
  figure: EvaluationFigure,
  a: Sample,
  b: Sample,
  { deviations, tolerance, isTested }: Terms,
): ComparedFigure {
  const { see } = figureOf(figure);
  const [first, second] = [see(a, deviations), see(b, deviations)];
  const none = { figure, verdict: 'too-few', difference: null, low: null, high: null, relative: null } as const;
  if (first === null || second === null) return none;
  const difference = second.value - first.value;
  const relative = first.value === 0 ? null : difference / first.value;
  const known = { ...none, difference: told(figure, difference), relative };
  const [left, right] = [bounded(first), bounded(second)];
  if (left === null || right === null || !isTested) return known;
  const interval = differenceOf(left, right);
  return {
    ...known,
    low: told(figure, interval.low),
    high: told(figure, interval.high),
    verdict: verdictOf(figure, interval, relative, tolerance),
  };
}

function verdictOf(
  figure: EvaluationFigure,
  { value, low, high }: Estimate,
  relative: number | null,
  tolerance: number,
): EvaluationVerdict {
  const isChance = low <= 0 && high >= 0;
  if (isChance || (relative !== null && Math.abs(relative) < tolerance)) return 'no-difference';
  const { better } = figureOf(figure);
  if (better === null) return 'different';
  return value > 0 === (better === 'more') ? 'better' : 'worse';
}

function bounded({ value, low, high }: { value: number; low: number | null; high: number | null }): Estimate | null {
  return low === null || high === null ? null : { value, low, high };
}

const told = (figure: EvaluationFigure, value: number): number | string =>
  figure === 'costPer1kUsd' ? usdOf(value) : value;
