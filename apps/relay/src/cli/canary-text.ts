import type { PolicyCanary } from '@relay/contracts';

/** How a canary fares, or fared: a line for itself, and one for each guardrail. */
export function canaryText({
  version,
  against,
  share,
  unit,
  status,
  judgement,
  endedBy,
  reason,
}: PolicyCanary): string {
  const tried = `${version}  ${status}  ${Number((share * 100).toFixed(3))} % by ${unit}, against ${against}`;
  const ended = endedBy === null ? [] : [`ended by ${endedBy}: ${reason ?? ''}`];
  if (!judgement) return [tried, ...ended].join('\n');
  const { verdict, canary, inForce, checks, at } = judgement;
  const seen = `${verdict}, by ${canary.requests} requests of the canary and ${inForce.requests} in force, at ${at}`;
  return [tried, ...ended, seen, ...checks.map((check) => `  ${check.verdict.padEnd(9)}  ${check.says}`)].join('\n');
}
