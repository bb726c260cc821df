import type { Decision } from '@relay/contracts';

const MAX_VALUE_CHARS = 80;
const NAME_CHARACTER = /[\w.]/;

/**
 * A stored decision gives the condition as it is written in the policy, so that equal decisions are stored once; here the
 * values that this request had are put beside it: `features.inputTokens > 4000 [features.inputTokens = 5200]`.
 */
export function explainReason(decision: Decision, features: Readonly<Record<string, unknown>>): string {
  if (decision.verdict === 'skipped') return decision.reason;
  const values = Object.entries(features)
    .filter(([name]) => mentions(decision.reason, name))
    .map(([name, value]) => `${name} = ${show(value)}`);
  return values.length === 0 ? decision.reason : `${decision.reason} [${values.join(', ')}]`;
}

/** As a name of its own or with a method call behind it, not as a part of a longer name. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + name.length] ?? ' ';
    if (!NAME_CHARACTER.test(before) && !/\w/.test(after)) return true;
  }
  return false;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS)}…`;
}

/**
 * Decisions as a tenant may see them: a condition on the tenant that does not hold speaks of somebody else, so its text is left
 * out. What is meant for one tenant alone belongs into its own part of the policy, which nobody else sees at all.
 */
export function decisionsForTenant(decisions: readonly Decision[]): Decision[] {
  return decisions.map((decision) => {
    const isForeign = decision.verdict === 'not-matched' || decision.verdict === 'error';
    if (!isForeign || !decision.reason.includes('tenant.')) return decision;
    return { ...decision, reason: 'a condition on the tenant, which does not hold for this one' };
  });
}
