import type { CacheLookUps, CacheMeasure } from '@relay/contracts';
import { sumUsd } from '../domain/cost';
import { BINS, type LookUpPlace, type LookUpRow, type ThresholdRow } from './look-ups.sql';

/** Modes that learn go by the score of a pair, the others by the cosine. */
export const measureOf = (mode: string): CacheMeasure =>
  mode === 'verified' || mode === 'shadow' ? 'score' : 'similarity';

type Bin = CacheLookUps['bins'][number];

/** Counted rows as look-ups of each measure, most look-ups first. */
export function measuredLookUps(rows: readonly LookUpRow[], thresholds: readonly ThresholdRow[]): CacheLookUps[] {
  const measures = [...new Set(rows.map(({ mode }) => measureOf(mode)))];
  return measures
    .map((measure) => {
      const own = rows.filter(({ mode }) => measureOf(mode) === measure);
      const at = (place: LookUpPlace): number => sum(own.filter((row) => row.place === place));
      return {
        measure,
        modes: [...new Set(own.map(({ mode }) => mode))].sort(),
        lookUps: sum(own),
        served: own.reduce((total, { served }) => total + served, 0),
        noNeighbour: at('no_neighbour'),
        guarded: at('guarded'),
        heldBack: at('held_back'),
        failed: at('failed'),
        bins: binsOf(own),
        thresholds: thresholdsOf(thresholds.filter(({ mode }) => measureOf(mode) === measure)),
      };
    })
    .sort((a, b) => b.lookUps - a.lookUps);
}

const sum = (rows: readonly LookUpRow[]): number => rows.reduce((total, { look_ups }) => total + look_ups, 0);

function binsOf(rows: readonly LookUpRow[]): Bin[] {
  const bins = new Map<number, Bin>();
  for (const { bin, look_ups: lookUps, served, saved_usd: savedUsd, cost_usd: costUsd } of rows) {
    if (bin === null) continue;
    const found = bins.get(bin) ?? { from: bin / BINS, lookUps: 0, served: 0, savedUsd: '0', costUsd: '0' };
    bins.set(bin, {
      from: found.from,
      lookUps: found.lookUps + lookUps,
      served: found.served + served,
      savedUsd: sumUsd([found.savedUsd, savedUsd]) ?? '0',
      costUsd: sumUsd([found.costUsd, costUsd]) ?? '0',
    });
  }
  return [...bins.values()].sort((a, b) => a.from - b.from);
}

function thresholdsOf(rows: readonly ThresholdRow[]): CacheLookUps['thresholds'] {
  const thresholds = new Map<number, { threshold: number; lookUps: number; lastAt: string }>();
  for (const { threshold, look_ups: lookUps, last_at } of rows) {
    const lastAt = new Date(last_at).toISOString();
    const found = thresholds.get(threshold) ?? { threshold, lookUps: 0, lastAt };
    const latest = found.lastAt > lastAt ? found.lastAt : lastAt;
    thresholds.set(threshold, { threshold, lookUps: found.lookUps + lookUps, lastAt: latest });
  }
  return [...thresholds.values()].sort((a, b) => b.lookUps - a.lookUps);
}
