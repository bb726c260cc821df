import type { EvaluationEstimate, EvaluationFigure, EvaluationGroup } from '@relay/contracts';
import { deviationsOf } from '@relay/core';
import { trimDecimal } from '../domain/cost';
import { figureOf } from './figures';
import type { Sample } from './sample';
import { usdOf } from './usd';

/** Of the interval that a single figure is shown with. */
const DEVIATIONS = deviationsOf(0.95);

/** A group as it is told. */
export function toGroup(sample: Sample): EvaluationGroup {
  const { key, requests, errors, badHits, verdicts } = sample;
  const of = (name: EvaluationFigure): EvaluationEstimate => estimate(name, sample);
  const cost = of('costPer1kUsd');
  return {
    ...{ key, requests, errors, badHits, costUsd: trimDecimal(sample.costUsd) },
    ...{ verdicts: verdicts.count, voices: verdicts.voices },
    figures: {
      quality: { ...of('quality'), count: verdicts.count },
      errorShare: of('errorShare'),
      p50Ms: of('p50Ms'),
      p95Ms: of('p95Ms'),
      ttftP50Ms: of('ttftP50Ms'),
      ttftP95Ms: of('ttftP95Ms'),
      costPer1kUsd: {
        value: sample.per1kUsd === null ? null : trimDecimal(sample.per1kUsd),
        low: cost.low === null ? null : usdOf(cost.low),
        high: cost.high === null ? null : usdOf(cost.high),
        count: cost.count,
      },
      cacheHitShare: of('cacheHitShare'),
      outputTokens: of('outputTokens'),
    },
  };
}

function estimate(name: EvaluationFigure, sample: Sample): EvaluationEstimate {
  return figureOf(name).see(sample, DEVIATIONS) ?? { value: null, low: null, high: null, count: 0 };
}
