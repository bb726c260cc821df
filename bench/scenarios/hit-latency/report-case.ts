import type { Goal, Section } from '../../offline/offline-scenario';
import { row } from '../../report/summary';
import { rowCells } from '../../report/table';
import { warningsAbout } from '../../report/warnings';
import type { Measurement } from '../../runner/measurement';
import { median, pairedRatios, spread } from '../../stats/statistics';
import type { HitCase } from './hit-case';
import type { CaseMeasurements } from './measure-case';

const p99Ms = ({ load }: Measurement): number => load.latencyMs.p99 ?? Number.NaN;
const ofLabel = (measurements: readonly Measurement[], label: string): Measurement[] =>
  measurements.filter((one) => one.label === label);

export function caseSection({ title, note }: HitCase, { saturated, loaded, bare }: CaseMeasurements): Section {
  const relay = ofLabel(loaded, 'relay');
  const reference = ofLabel(loaded, 'reference');
  const p99 = spread(pairedRatios(relay.map(p99Ms), reference.map(p99Ms)));
  return {
    title,
    notes: [
      `${note} Saturated, then at 70% of that: ${bare.phase}; the reference passes each request on.`,
      `**P99, relay / reference: ${p99.median.toFixed(2)}** (rounds ${p99.min.toFixed(2)} to ${p99.max.toFixed(2)}).`,
    ],
    table: rowCells([
      row('', 'relay, saturated', saturated),
      row('', 'relay', relay),
      row('', 'reference', reference),
      row('', 'direct', [bare]),
    ]),
  };
}

export const caseGoal = ({ title, goalP99Ms }: HitCase, { loaded }: CaseMeasurements): Goal => ({
  name: `${title}: P99 in ms at 70% of saturation`,
  value: median(ofLabel(loaded, 'relay').map(p99Ms)),
  wanted: goalP99Ms,
  better: 'lower',
});

/** What speaks against the figures. */
export function caseWarnings(
  { title, cacheResult, limitedByRelay }: HitCase,
  { saturated, loaded }: CaseMeasurements,
): string[] {
  const about = (label: string, phase: string): string => `${title}, ${label}, ${phase}`;
  const hits = { expectedCache: cacheResult, saturated: false };
  return [
    ...warningsAbout(about('relay', 'saturated'), saturated, { ...hits, saturated: limitedByRelay }),
    ...warningsAbout(about('relay', 'at 70%'), ofLabel(loaded, 'relay'), hits),
    ...warningsAbout(about('reference', 'at 70%'), ofLabel(loaded, 'reference'), { ...hits, expectedCache: null }),
  ];
}
