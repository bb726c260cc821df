import type { Preference, ServiceLevel } from '@relay/contracts';
import type { CompiledPolicy, RuleSet } from './compiled-policy';
import type { Facts } from './facts';
import type { LiveFacts } from './live';
import type { FactSources } from './read-facts';
import type { Requirements } from './routing/hard-filters';

/**
 * All that a plan depends on, apart from the ranking of its candidates for the very request. Plans are built from this alone,
 * so requests of one shape can share one plan.
 */
export interface PlanShape {
  readonly rules: RuleSet;
  readonly verdicts: string;
  readonly requestedModel: string;
  readonly allow: readonly string[] | null; // model ids the tenant may use; null means all
  readonly priority: ServiceLevel | null;
  readonly prefer: Preference | null;
  readonly deadlineMs: number | null;
  readonly long: boolean;
  readonly longFrom: number; // predicted tokens
  readonly stream: boolean;
  readonly requires: Requirements;
  readonly windowsExceeded: number; // how many of the catalogue's distinct context windows the estimate exceeds
}

const DEADLINE_DIGITS = 3;

export function shapeOf(
  { catalogue, longCostTokens }: CompiledPolicy,
  rules: RuleSet,
  facts: Facts,
  { headers, operation }: Pick<FactSources, 'headers' | 'operation'>,
  allow: readonly string[] | null,
  verdicts: string,
  live: Pick<LiveFacts, 'longCostTokens'>,
): PlanShape {
  const { request, features } = facts;
  const longFrom = longCostTokens ?? live.longCostTokens;
  return {
    rules,
    verdicts,
    requestedModel: request.model,
    allow,
    priority: headers.priority ?? null,
    prefer: headers.prefer ?? null,
    deadlineMs: headers.deadlineMs === undefined ? null : roundDeadline(headers.deadlineMs),
    long: features.predictedTokens >= longFrom,
    longFrom,
    stream: request.stream,
    requires: {
      operation,
      tools: request.hasTools,
      images: features.images > 0,
      jsonSchema: request.responseFormat === 'json_schema',
    },
    windowsExceeded: countExceeded(catalogue.windows, features.inputTokens),
  };
}

/** A text that differs whenever a field of the shape does: no field but the last can hold the separator. */
export function shapeKey(shape: PlanShape): string {
  const { rules, requires } = shape;
  const allow = shape.allow === null ? '*' : JSON.stringify(shape.allow);
  const bits =
    (shape.long ? 1 : 0) +
    (shape.stream ? 2 : 0) +
    (requires.tools ? 4 : 0) +
    (requires.images ? 8 : 0) +
    (requires.jsonSchema ? 16 : 0);
  const asked = `${shape.priority ?? ''}|${shape.prefer ?? ''}|${shape.deadlineMs ?? ''}`;
  return `${shape.verdicts}|${bits}|${asked}|${shape.windowsExceeded}|${shape.longFrom}|${rules.tenant ?? ''}|${requires.operation}|${allow}|${shape.requestedModel}`;
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
