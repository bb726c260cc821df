import type { CompiledRule, ConditionContext, RuleSet } from './compiled-policy';
import { armOf, type Units } from './experiments';

/** One letter a rule, so that the verdicts of a whole policy are a short text; arms of an experiment are capital letters. */
export const VERDICT = { matched: 'm', notMatched: 'n', skipped: 's', error: 'e' } as const;
const FIRST_ARM = 'A'.charCodeAt(0);

/** The arm that a verdict stands for; `undefined` where it stands for none. */
export function armOfVerdict(verdict: string | undefined): number | undefined {
  const arm = verdict === undefined ? -1 : verdict.charCodeAt(0) - FIRST_ARM;
  return arm >= 0 && arm < 26 ? arm : undefined;
}

export interface RuleFailure {
  readonly rule: string;
  readonly error: unknown;
}

export interface Evaluation {
  readonly verdicts: string;
  readonly failures: readonly RuleFailure[];
}

const NO_FAILURES: readonly RuleFailure[] = [];

/** Evaluates rules in order, up to the first final one that matches; then the tenant's own in the same way. */
export function evaluateRules(set: RuleSet, context: ConditionContext, units: Units): Evaluation {
  const state = { verdicts: '', failures: NO_FAILURES };
  evaluate(set.rules, 0, set.ownFrom, context, units, state);
  if (set.ownFrom < set.rules.length) evaluate(set.rules, set.ownFrom, set.rules.length, context, units, state);
  return state;
}

function evaluate(
  rules: readonly CompiledRule[],
  from: number,
  to: number,
  context: ConditionContext,
  units: Units,
  state: { verdicts: string; failures: readonly RuleFailure[] },
): void {
  for (let i = from; i < to; i++) {
    const rule = rules[i];
    if (rule === undefined) break;
    try {
      const matched = rule.condition(context);
      state.verdicts += matched ? verdictOf(rule, units) : VERDICT.notMatched;
      if (matched && rule.final) break;
    } catch (error) {
      state.verdicts += VERDICT.error;
      state.failures = [...state.failures, { rule: rule.id, error }];
    }
  }
  state.verdicts = state.verdicts.padEnd(to, VERDICT.skipped);
}

function verdictOf({ experiment }: CompiledRule, units: Units): string {
  return experiment === null ? VERDICT.matched : String.fromCharCode(FIRST_ARM + armOf(experiment, units));
}
