import { BASE_FIELDS, type CompiledPolicy } from '@relay/policy';

type RuleSet = CompiledPolicy['common'];
type FieldPatch = RuleSet['defaults'];

/** What a plan says of the semantic cache, as far as budgets go. */
interface Terms {
  readonly mode: string;
  readonly evidence: string;
  readonly budget: number;
}

/**
 * What the policy in force allows an evidence class to err, per hit: the smallest budget of the rules whose requests are of that class and
 * are looked up, and of the defaults where these are; a tenant's own come before all others'. Each rule is read by itself, over the
 * defaults and the rules that always match: which conditions hold together is not known. `owner`: `t:<tenant>`, or a sharing group,
 * for which no tenant's own part counts.
 */
export function errorBudgetOf(policy: CompiledPolicy, owner: string, evidence: string): number {
  const tenant = owner.startsWith('t:') ? owner.slice('t:'.length) : null;
  const { base, byRule } = termsOf((tenant !== null && policy.byTenant.get(tenant)) || policy.common);
  const ofClass = [base, ...byRule].filter((terms) => terms.evidence === evidence);
  const lookedUp = ofClass.filter(({ mode }) => mode !== 'off');
  const named = ofClass.filter((terms) => terms !== base); // the mode may be another rule's
  const asked = [lookedUp, named].find((terms) => terms.length > 0) ?? [base];
  return Math.min(...asked.map(({ budget }) => budget));
}

/**
 * `base`: of requests that no condition holds for. `byRule`: of those that one rule, or one arm of its experiment, says something else of;
 * what always matches changes them too, unless a final rule comes before it.
 */
function termsOf({ defaults, ownDefaults, rules }: RuleSet): { base: Terms; byRule: Terms[] } {
  const byFinal: Terms[] = [];
  let base = over(over(RELAYS_OWN, defaults), ownDefaults);
  let byRule: Terms[] = [];
  for (const { when, patch, experiment, final } of rules) {
    const always = when.trim() === 'true';
    const arms = experiment?.arms.map((arm) => over(over(base, patch), arm.patch)) ?? [];
    if (always) byRule = byRule.map((terms) => over(terms, patch));
    (final ? byFinal : byRule).push(...(says(patch) && !always ? [over(base, patch)] : []), ...arms);
    if (always) base = over(base, patch);
  }
  return { base, byRule: [...byRule, ...byFinal] };
}

const over = (terms: Terms, patch: FieldPatch): Terms => ({
  mode: patch[MODE] ?? terms.mode,
  evidence: patch[EVIDENCE] ?? terms.evidence,
  budget: patch[BUDGET] ?? terms.budget,
});

const says = (patch: FieldPatch): boolean => [MODE, EVIDENCE, BUDGET].some((field) => patch[field] !== undefined);

const MODE = 'cache.semantic.mode' as const;
const EVIDENCE = 'cache.semantic.evidence' as const;
const BUDGET = 'cache.semantic.maxErrorPerHit' as const;

const RELAYS_OWN: Terms = { mode: BASE_FIELDS[MODE], evidence: BASE_FIELDS[EVIDENCE], budget: BASE_FIELDS[BUDGET] };
