import type { AlertRuleInput, AlertRuleView, AlertSubject, AlertUnit, ChangeAlertRule } from '@relay/contracts';

/** A rule with nothing left open. */
export type AlertRule = AlertRuleView;

/** What follows from the kind of a rule where it does not say. */
export interface KindDefaults {
  readonly unit: AlertUnit;
  readonly threshold: number;
  readonly windowMs: number;
  readonly minRequests: number;
  readonly by: AlertSubject | null;
}

export function completeRule(input: AlertRuleInput, source: AlertRule['source'], defaults: KindDefaults): AlertRule {
  const { scope, by, threshold, windowMs, minRequests, ...rest } = input;
  return {
    ...rest,
    scope: { tenant: scope.tenant ?? null, model: scope.model ?? null, provider: scope.provider ?? null },
    by: by ?? defaults.by,
    threshold: threshold ?? defaults.threshold,
    unit: defaults.unit,
    windowMs: windowMs ?? defaults.windowMs,
    minRequests: minRequests ?? defaults.minRequests,
    source,
  };
}

/** The rule as it is written down once `change` was made to it. */
export function changedRule(rule: AlertRule, change: ChangeAlertRule): AlertRuleInput {
  const { unit: _unit, source: _source, scope, by, ...rest } = rule;
  const { by: newBy = by, scope: newScope, ...others } = change;
  const kept = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== null));
  return { ...rest, ...others, scope: newScope ?? kept, ...(newBy === null ? {} : { by: newBy }) };
}
