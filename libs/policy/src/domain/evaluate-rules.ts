import type { CompiledRule, ConditionContext } from './compiled-policy';

/** One letter a rule, so that the verdicts of a whole policy are a short text. */
export const VERDICT = { matched: 'm', notMatched: 'n', skipped: 's', error: 'e' } as const;

export interface RuleFailure {
  readonly rule: string;
  readonly error: unknown;
}

export interface Evaluation {
  readonly verdicts: string;
  readonly failures: readonly RuleFailure[];
}

const NO_FAILURES: readonly RuleFailure[] = [];

/** Evaluates the rules in order, up to the first final one that matches. */
export function evaluateRules(rules: readonly CompiledRule[], context: ConditionContext): Evaluation {
  let verdicts = '';
  let failures = NO_FAILURES;
  for (const rule of rules) {
    try {
      const matched = rule.condition(context);
      verdicts += matched ? VERDICT.matched : VERDICT.notMatched;
      if (matched && rule.final) break;
    } catch (error) {
      verdicts += VERDICT.error;
      failures = [...failures, { rule: rule.id, error }];
    }
  }
  return { verdicts: verdicts.padEnd(rules.length, VERDICT.skipped), failures };
}
