import type { EvaluationFigure } from '@relay/contracts';
import { type Estimate, meanInterval, quantileRanks, shareInterval, voicedMean } from '@relay/core';
import { rankedLatencies } from '../usage/latency-sketch';
import type { Sample } from './sample';

/** With fewer, nothing is compared: intervals of so few are wide enough to hide anything. */
const LEAST_REQUESTS = 30;
const LEAST_VERDICTS = 10;
const PER = 1_000;

/** A bound is null where there are too few values for one. */
export interface Seen {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Requests or verdicts that it is worked out from. */
  readonly count: number;
}

interface Figure {
  /** Null where there is nothing to work it out from. `deviations`: see `deviationsOf`. */
  readonly see: (sample: Sample, deviations: number) => Seen | null;
  /** What it is better to have; null where that cannot be said. */
  readonly better: 'more' | 'less' | null;
  /** Independent cases that both sides need. */
  readonly least: number;
}

export const FIGURES = {
  quality: { see: quality, better: 'more', least: LEAST_VERDICTS },
  errorShare: { see: ({ errors, ok }, z) => share(errors, errors + ok, z), better: 'less', least: LEAST_REQUESTS },
  p50Ms: { see: ({ latency }, z) => quantile(latency, 0.5, z), better: 'less', least: LEAST_REQUESTS },
  p95Ms: { see: ({ latency }, z) => quantile(latency, 0.95, z), better: 'less', least: LEAST_REQUESTS },
  ttftP50Ms: { see: ({ ttft }, z) => quantile(ttft, 0.5, z), better: 'less', least: LEAST_REQUESTS },
  ttftP95Ms: { see: ({ ttft }, z) => quantile(ttft, 0.95, z), better: 'less', least: LEAST_REQUESTS },
  costPer1kUsd: { see: costPerThousand, better: 'less', least: LEAST_REQUESTS },
  cacheHitShare: { see: ({ hits, ok }, z) => share(hits, ok, z), better: 'more', least: LEAST_REQUESTS },
  outputTokens: {
    see: ({ outputTokens, tokenSquares, counted }, z) => mean(outputTokens, tokenSquares, counted, z),
    better: null,
    least: LEAST_REQUESTS,
  },
} as const satisfies Record<EvaluationFigure, Figure>;

export const figureOf = (name: EvaluationFigure): Figure => FIGURES[name];

/** Of as many verdicts as count as independent ones. */
function quality({ verdicts }: Sample, deviations: number): Seen | null {
  const voiced = voicedMean(verdicts);
  return voiced && { ...shareInterval(voiced.mean, voiced.count, deviations), count: voiced.count };
}

function share(hits: number, count: number, deviations: number): Seen | null {
  return count === 0 ? null : { ...shareInterval(hits / count, count, deviations), count };
}

/** A cost is a mean of requests; its interval is an estimate, for which a float will do. */
function costPerThousand({ costUsd, costSquares, priced }: Sample, deviations: number): Seen | null {
  const one = mean(Number(costUsd), costSquares, priced, deviations);
  if (one === null) return null;
  const times = (bound: number | null): number | null => (bound === null ? null : Math.max(0, bound * PER));
  return { value: one.value * PER, low: times(one.low), high: times(one.high), count: priced };
}

function mean(sum: number, squares: number, count: number, deviations: number): Seen | null {
  if (count === 0) return null;
  const value = sum / count;
  if (count === 1) return { value, low: null, high: null, count };
  const variance = Math.max(0, squares - count * value * value) / (count - 1);
  const around: Estimate = meanInterval(value, variance, count, deviations);
  return { value, low: Math.max(0, around.low), high: around.high, count };
}

/** Counts by bucket tell a latency to 1%: bounds are those of the buckets. */
function quantile(sketch: Buffer, of: number, deviations: number): Seen | null {
  const { total, boundsAt } = rankedLatencies(sketch);
  if (total === 0) return null;
  const ranks = quantileRanks(of, total, deviations);
  return {
    value: boundsAt(Math.ceil(of * total)).value,
    low: ranks.low === null ? null : boundsAt(ranks.low).low,
    high: ranks.high === null ? null : boundsAt(ranks.high).high,
    count: total,
  };
}
