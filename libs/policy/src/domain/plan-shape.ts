import type { ServiceLevel } from '@relay/contracts';
import type { CompiledPolicy } from './compiled-policy';
import type { Facts } from './facts';
import type { PlanHeaders } from './read-facts';

/**
 * All that a plan depends on, apart from the draw among weighted candidates. Plans are built from this alone, so requests of
 * one shape can share one plan.
 */
export interface PlanShape {
  readonly verdicts: string;
  readonly requestedModel: string;
  readonly allow: readonly string[] | null; // model ids the tenant may use; null means all
  readonly priority: ServiceLevel | null;
  readonly deadlineMs: number | null;
  readonly long: boolean;
  readonly windowsExceeded: number;
}

const DEADLINE_DIGITS = 3;

export function shapeOf(
  policy: CompiledPolicy,
  facts: Facts,
  headers: PlanHeaders,
  allow: readonly string[] | null,
  verdicts: string,
): PlanShape {
  const { inputTokens, predictedTokens } = facts.features;
  return {
    verdicts,
    requestedModel: facts.request.model,
    allow,
    priority: headers.priority ?? null,
    deadlineMs: headers.deadlineMs === undefined ? null : roundDeadline(headers.deadlineMs),
    long: predictedTokens >= policy.longCostTokens,
    windowsExceeded: countExceeded(policy.catalogue.windows, inputTokens),
  };
}

/** A text that differs whenever a field of the shape does: no field but the last can hold the separator. */
export function shapeKey(shape: PlanShape): string {
  const allow = shape.allow === null ? '*' : `[${shape.allow.join()}]`;
  const limits = `${shape.priority ?? ''}|${shape.deadlineMs ?? ''}|${shape.long ? 'l' : 's'}|${shape.windowsExceeded}`;
  return `${shape.verdicts}|${limits}|${allow}|${shape.requestedModel}`;
}

/** Rounded down to three digits (at most 1% sooner): apps that send their remaining time would otherwise never share a plan. */
function roundDeadline(ms: number): number {
  const step = 10 ** Math.max(0, String(ms).length - DEADLINE_DIGITS);
  return ms - (ms % step);
}

function countExceeded(windows: readonly number[], inputTokens: number): number {
  let count = 0;
  while (count < windows.length && (windows[count] ?? Infinity) < inputTokens) count++;
  return count;
}
