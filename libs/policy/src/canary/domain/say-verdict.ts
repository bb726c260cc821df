import type { CanaryGuardrail, CanaryVerdict } from '@relay/contracts';
import { LATENCY_LEVELS, LATENCY_QUANTILE, type CanarySums, type SideSums } from './canary-sums';
import { MIN_REQUESTS, type Comparison } from './compare-sides';
import { MIN_UNITS } from './sequential-test';

const MEASURED = {
  errorRate: { what: 'Failures', of: 'requests', sums: 'failed' },
  p95: { what: 'P95 of the latency', of: 'answers of a provider', sums: 'slow' },
  cost: { what: 'Cost of a request', of: 'answers of a provider with a known price', sums: 'cost' },
  quality: { what: 'Quality', of: 'requests with feedback', sums: 'score' },
} as const satisfies Record<CanaryGuardrail, object>;

/** A verdict in words: what was found on both sides, how sure that is, what was allowed. */
export function sayVerdict(
  guardrail: CanaryGuardrail,
  verdict: CanaryVerdict,
  compared: Comparison | null,
  sums: CanarySums,
  allowed: number,
): string {
  const { what, of, sums: measure } = MEASURED[guardrail];
  if (compared === null) {
    const [canary, inForce] = [sums.canary[measure].requests, sums.inForce[measure].requests];
    if (Math.min(canary, inForce) >= MIN_REQUESTS) return `${what}: what is in force costs nothing to compare with`;
    return `${what}: waits for ${MIN_REQUESTS} ${of} on each side; so far ${canary} of the canary, ${inForce} in force`;
  }
  const found = `${figure(guardrail, sums.canary, compared.canary.mean)} against ${figure(guardrail, sums.inForce, compared.inForce.mean)}`;
  const few =
    Math.min(sums.canary.units, sums.inForce.units) < MIN_UNITS
      ? '; so few are compared that it may be they who differ'
      : '';
  return `${what}: ${found}; ${certainty(guardrail, verdict, compared)}; allowed ${amount(guardrail, allowed)}${few}`;
}

function certainty(guardrail: CanaryGuardrail, verdict: CanaryVerdict, compared: Comparison): string {
  if (guardrail === 'p95') return lateness(verdict, compared);
  const { low, high } = compared.worseBy;
  if (verdict === 'worse') return `worse by at least ${amount(guardrail, low)}`;
  if (verdict === 'fine') return high > 0 ? `worse by at most ${amount(guardrail, high)}` : 'not worse';
  return `between ${amount(guardrail, Math.abs(low))} ${low < 0 ? 'better' : 'worse'} and ${amount(guardrail, Math.abs(high))} ${high < 0 ? 'better' : 'worse'}`;
}

/** Of a hundred answers, five are beyond the P95 in force: how many more are beyond that and what is allowed. */
function lateness(verdict: CanaryVerdict, { worseBy: { low, high } }: Comparison): string {
  if (verdict === 'worse') return `at least ${points(low)} of 100 too many take longer than is allowed`;
  if (verdict === 'fine') return 'no more than the expected 5 of 100 take longer than is allowed';
  return `from ${points(-low)} fewer to ${points(high)} more of 100 than expected take longer than is allowed`;
}

function figure(guardrail: CanaryGuardrail, side: SideSums, mean: number): string {
  switch (guardrail) {
    case 'errorRate':
      return percent(mean);
    case 'p95':
      return `${Math.round(p95Of(side))} ms`;
    case 'cost':
      return `$${mean.toPrecision(3)}`;
    case 'quality':
      return mean.toFixed(2);
    default:
      return guardrail satisfies never;
  }
}

/** A difference, in the terms of the guardrail. */
function amount(guardrail: CanaryGuardrail, value: number): string {
  switch (guardrail) {
    case 'errorRate':
      return Math.abs(value - 0.01) < 1e-9 ? '1 point' : `${points(value)} points`;
    case 'p95':
    case 'cost':
      return percent(value);
    case 'quality':
      return value.toFixed(2);
    default:
      return guardrail satisfies never;
  }
}

const percent = (share: number): string => `${points(share)} %`;
const points = (share: number): string => String(Number((share * 100).toFixed(2)));

const p95Of = ({ latenciesMs }: SideSums): number =>
  latenciesMs?.[LATENCY_LEVELS.findIndex((level) => Math.abs(level - LATENCY_QUANTILE) < 1e-9)] ?? 0;
