import { BASE_FIELDS, type CompiledPolicy } from '@relay/policy';

/**
 * What the policy in force allows an evidence class to err, per hit: the smallest budget of the rules that name the class, else that of the
 * defaults, where a tenant's own come before all others'. `owner`: `t:<tenant>`, or a sharing group, for which no tenant's own part counts.
 */
export function errorBudgetOf(policy: CompiledPolicy, owner: string, evidence: string): number {
  const tenant = owner.startsWith('t:') ? owner.slice('t:'.length) : null;
  const { defaults, ownDefaults, rules } = (tenant !== null && policy.byTenant.get(tenant)) || policy.common;
  const named = rules
    .filter(({ patch }) => patch['cache.semantic.evidence'] === evidence)
    .map(({ patch }) => patch[BUDGET])
    .filter((budget) => budget !== undefined);
  if (named.length > 0) return Math.min(...named);
  return ownDefaults[BUDGET] ?? defaults[BUDGET] ?? BASE_FIELDS[BUDGET];
}

const BUDGET = 'cache.semantic.maxErrorPerHit';
