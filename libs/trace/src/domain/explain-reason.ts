import type { Decision } from '@relay/contracts';

const NAME = /[A-Za-z_][A-Za-z0-9_]*/g;
/** Text in quotes names no feature. */
const QUOTED = /"[^"]*"|'[^']*'/g;
const MAX_VALUE_CHARS = 80;

/**
 * A stored decision gives the condition as it is written in the policy, so that equal decisions are stored once; here the
 * values that this request had are put beside it: `inputTokens > 4000 [inputTokens = 5200]`.
 */
export function explainReason(decision: Decision, features: Readonly<Record<string, unknown>>): string {
  if (decision.verdict !== 'matched' && decision.verdict !== 'not-matched') return decision.reason;
  const names = new Set(decision.reason.replace(QUOTED, '').match(NAME) ?? []);
  const values = [...names]
    .filter((name) => Object.hasOwn(features, name))
    .map((name) => `${name} = ${show(features[name])}`);
  return values.length === 0 ? decision.reason : `${decision.reason} [${values.join(', ')}]`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS)}…`;
}
