import {
  canaryGuardrailSchema,
  type CanaryCheck,
  type CanaryGuardrail,
  type CanaryGuardrails,
  type CanaryJudgement,
  type CanaryVerdict,
} from '@relay/contracts';
import type { CanarySums } from './canary-sums';
import { compareSides, type Comparison } from './compare-sides';
import { describeSide } from './describe-side';
import { sayVerdict } from './say-verdict';

/** Of a canary that is no worse than allowed: how likely it is to be stopped, by any of its guardrails, at any of the looks. */
export const FALSE_STOPS = 0.05;

/** What is known of a canary, and what follows from it. Each guardrail has its part of the doubt (Bonferroni). */
export function judgeCanary(
  sums: CanarySums,
  guardrails: CanaryGuardrails,
  { at, from }: { readonly at: number; readonly from: number }, // ms since the epoch
): CanaryJudgement {
  const guarded = canaryGuardrailSchema.options.filter((name) => guardrails[name] !== null);
  const alpha = FALSE_STOPS / guarded.length;
  const checks = guarded.map((name) => check(sums, name, guardrails[name] ?? 0, alpha));
  return {
    at: new Date(at).toISOString(),
    from: new Date(from).toISOString(),
    verdict: verdictOf(checks),
    canary: describeSide(sums.canary, alpha),
    inForce: describeSide(sums.inForce, alpha),
    checks,
  };
}

function check(sums: CanarySums, guardrail: CanaryGuardrail, allowed: number, alpha: number): CanaryCheck {
  const compared = compareSides(sums, guardrail, allowed, alpha);
  const verdict = compared === null ? 'waiting' : verdictOn(compared);
  const says = sayVerdict(guardrail, verdict, compared, sums, allowed);
  return { guardrail, verdict, allowed, worseBy: compared?.worseBy ?? null, says };
}

function verdictOn({ worseBy: { low, high }, limit }: Comparison): CanaryVerdict {
  if (low > limit) return 'worse';
  return high <= limit ? 'fine' : 'undecided';
}

/** One guardrail is enough to be worse. Feedback may never come: what is waited for keeps nothing else from being fine. */
function verdictOf(checks: readonly CanaryCheck[]): CanaryVerdict {
  const some = (verdict: CanaryVerdict): boolean => checks.some((one) => one.verdict === verdict);
  if (some('worse')) return 'worse';
  if (some('undecided')) return 'undecided';
  return some('fine') ? 'fine' : 'waiting';
}

/** Why a canary is stopped, one line each. */
export const reasonsOf = ({ checks }: CanaryJudgement): string =>
  checks
    .filter(({ verdict }) => verdict === 'worse')
    .map(({ says }) => says)
    .join('\n');
