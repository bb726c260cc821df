import type { Schemas } from '../../../api/client';
import { sumUsd } from '../../../format/money';

export type LookUps = Schemas['CacheSimilarity']['measures'][number];
export type Evidence = Schemas['CacheSimilarity']['evidence'][number];
export type ErrorPoint = Evidence['curve'][number];

export const STEPS = 100;

export interface WhatIf {
  readonly hits: number;
  readonly share: number | null; // of all look-ups
  readonly savedUsd: string;
}

/** Of what was recorded: hits saved what they saved, the others would have spared what they cost. */
export function whatIf({ lookUps, bins }: Pick<LookUps, 'lookUps' | 'bins'>, threshold: number): WhatIf {
  const above = bins.filter(({ from }) => from >= threshold);
  const hits = above.reduce((total, bin) => total + bin.lookUps, 0);
  return {
    hits,
    share: lookUps === 0 ? null : hits / lookUps,
    savedUsd: sumUsd(above.flatMap(({ savedUsd, costUsd }) => [savedUsd, costUsd])) ?? '0',
  };
}

/** What hits saved as it was. */
export const savedAsItWas = ({ bins }: Pick<LookUps, 'bins'>): string =>
  sumUsd(bins.map(({ savedUsd }) => savedUsd)) ?? '0';

/** What labels say about serving from a threshold on; null above all labels, and below them, where nobody knows. */
export function errorAt({ curve }: Pick<Evidence, 'curve'>, threshold: number): ErrorPoint | null {
  const lowest = curve.at(-1);
  if (!lowest || threshold < lowest.threshold) return null;
  return curve.findLast((point) => point.threshold >= threshold) ?? null;
}

/** Where the slider stands at first: on the threshold that decided most look-ups, else that labels allow now, else high. */
export function thresholdInForce({ thresholds, measure }: LookUps, evidence: readonly Evidence[]): number {
  const known = thresholds[0]?.threshold ?? (measure === 'score' ? evidence[0]?.threshold : null) ?? 0.9;
  return Math.round(known * STEPS) / STEPS;
}

export interface Column {
  readonly from: number;
  readonly served: number;
  readonly missed: number;
}

/** The bins as columns without gaps, from the lowest with look-ups, or 0.5, to 1. */
export function columnsOf(bins: LookUps['bins']): readonly Column[] {
  const lowest = Math.min(STEPS / 2, ...bins.map(({ from }) => Math.round(from * STEPS)));
  const byStep = new Map(bins.map((bin) => [Math.round(bin.from * STEPS), bin]));
  return Array.from({ length: STEPS - lowest }, (_, at) => {
    const bin = byStep.get(lowest + at);
    const served = bin?.served ?? 0;
    return { from: (lowest + at) / STEPS, served, missed: (bin?.lookUps ?? 0) - served };
  });
}
