import { useState } from 'react';
import { Button } from '../../../components/button';
import { Card } from '../../../components/card';
import { Facts } from '../../../components/facts';
import { ChartLegend } from '../../../components/time-chart/chart-legend';
import { formatUsd } from '../../../format/money';
import { formatCount, formatDecimal, formatShare } from '../../../format/number';
import { ErrorTable } from './error-table';
import { SimilarityChart } from './similarity-chart';
import { SimilarityTable } from './similarity-table';
import {
  columnsOf,
  errorAt,
  savedAsItWas,
  STEPS,
  thresholdInForce,
  whatIf,
  type Evidence,
  type LookUps,
} from './what-if';

const MEASURES = {
  score: { title: 'How alike questions were: score', hint: 'What verified and shadow go by' },
  similarity: { title: 'How alike questions were: cosine', hint: 'What static and validated go by' },
} as const;

/** Thresholds that are named; those that are learned change often. */
const MOST_THRESHOLDS = 3;

const LEGEND = [
  { id: 'served', label: 'served', color: 'var(--series-2)', kind: 'bar', values: [] },
  { id: 'missed', label: 'not served', color: 'var(--series-soft)', kind: 'bar', values: [] },
  { id: 'in-force', label: 'threshold in force then', color: 'var(--text-soft)', kind: 'line', values: [] },
  { id: 'tried', label: 'threshold that is tried', color: 'var(--accent)', kind: 'line', values: [] },
] as const;

interface WhatIfCardProps {
  readonly lookUps: LookUps;
  readonly evidence: readonly Evidence[];
}

/** A histogram of look-ups, and what another threshold would have made of them. */
export function WhatIfCard({ lookUps, evidence }: WhatIfCardProps) {
  const [tried, setTried] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const threshold = tried ?? thresholdInForce(lookUps, evidence);
  const { title, hint } = MEASURES[lookUps.measure];
  return (
    <Card
      title={title}
      hint={`${hint}. ${formatCount(lookUps.lookUps)} look-ups in mode ${lookUps.modes.join(' or ')}`}
      action={<Button onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'}</Button>}
    >
      <ChartLegend series={LEGEND} />
      {asTable ? (
        <SimilarityTable bins={lookUps.bins} />
      ) : (
        <SimilarityChart label={title} lookUps={lookUps} threshold={threshold} />
      )}
      <label className="similarity-slider">
        <span>
          If the threshold were <b className="numeric">{threshold.toFixed(2)}</b>
        </span>
        <input
          type="range"
          min={columnsOf(lookUps.bins)[0]?.from ?? 0}
          max={1}
          step={1 / STEPS}
          value={threshold}
          onChange={(event) => setTried(Math.round(event.currentTarget.valueAsNumber * STEPS) / STEPS)}
        />
      </label>
      <Outcome lookUps={lookUps} evidence={evidence} threshold={threshold} />
      {evidence.length > 0 ? <ErrorTable measure={lookUps.measure} evidence={evidence} threshold={threshold} /> : null}
      <Undecided lookUps={lookUps} />
    </Card>
  );
}

function Outcome({ lookUps, evidence, threshold }: WhatIfCardProps & { readonly threshold: number }) {
  const { hits, share, savedUsd } = whatIf(lookUps, threshold);
  const atMost = lookUps.modes.includes('validated') ? 'at most ' : '';
  return (
    <div role="status" className="similarity-outcome">
      <Facts
        facts={[
          { name: 'Would hit', value: `${atMost}${formatShare(share)}` },
          { name: 'In force then', value: inForceThen(lookUps) },
          { name: 'Did hit', value: formatShare(lookUps.lookUps === 0 ? null : lookUps.served / lookUps.lookUps) },
          { name: 'Look-ups that would', value: `${formatCount(hits)} of ${formatCount(lookUps.lookUps)}` },
          { name: 'Would have saved', value: `${atMost}${formatUsd(savedUsd)}` },
          { name: 'Did save', value: formatUsd(savedAsItWas(lookUps)) },
          { name: 'Expected error per hit', value: expectedError(lookUps, evidence, threshold) },
        ]}
      />
    </div>
  );
}

/** The thresholds that decided most look-ups. */
function inForceThen({ thresholds }: LookUps): string {
  const shown = thresholds.slice(0, MOST_THRESHOLDS).map(({ threshold }) => formatDecimal(threshold));
  if (shown.length === 0) return 'none';
  return shown.join(', ') + (thresholds.length > MOST_THRESHOLDS ? ', …' : '');
}

/** Labels are of scores; of several classes the worst is told. */
function expectedError({ measure }: LookUps, evidence: readonly Evidence[], threshold: number): string {
  if (measure === 'similarity') return 'not known';
  const known = evidence.flatMap((each) => errorAt(each, threshold) ?? []);
  const worst = known.sort((a, b) => b.error - a.error)[0];
  if (!worst) return 'not known';
  const upTo = known.length > 1 ? 'up to ' : '';
  return `${upTo}${formatShare(worst.error)} (${formatShare(worst.low)} to ${formatShare(worst.high)})`;
}

/** What no threshold decides, and what the estimate cannot know. */
function Undecided({ lookUps: { measure, noNeighbour, guarded, heldBack, failed } }: { readonly lookUps: LookUps }) {
  return (
    <p className="soft">
      Not in the bins, whatever the threshold: {formatCount(noNeighbour)} without a neighbour, {formatCount(guarded)}{' '}
      that a guard kept apart, {formatCount(heldBack)} held back for another reason, {formatCount(failed)} that failed.
      An estimate of what was recorded: what would have been stored otherwise is not known.{' '}
      {measure === 'similarity'
        ? 'Labels are of scores, so they say nothing about the cosine.'
        : 'Labels are those of the last 90 days, and one threshold’s interval says nothing about the best of many.'}
    </p>
  );
}
