import type { Decision, ServiceLevel } from '@relay/contracts';
import type { CompiledPolicy, CompiledRule } from './compiled-policy';
import { VERDICT } from './evaluate-rules';
import { applyPatch, BASE_FIELDS, type FieldPatch, type Locks, type PlanFields, type PlanPath } from './plan-fields';
import type { PlanShape } from './plan-shape';
import { autoVariant, type AutoVariant } from './requested-model';

/** Decisions that come before a policy's own rules; rules may not take their names. */
export const LEADING_DECISIONS = ['model', 'queue', 'defaults', 'priority', 'deadline'] as const;
type LeadingDecision = (typeof LEADING_DECISIONS)[number];

export interface AppliedRules {
  readonly fields: Readonly<PlanFields>;
  readonly decisions: readonly Decision[];
}

/**
 * Base plan, queue class, defaults, what the app asked for in headers, then the rules. A rule may overrule the app's priority
 * but not its choice of model or its deadline.
 */
export function applyRules(policy: CompiledPolicy, shape: PlanShape): AppliedRules {
  const draft = new Draft(locksOf(shape));
  draft.note('model', modelReason(shape.requestedModel));
  const cost = `${policy.longCostTokens} tokens`;
  draft.lead(
    'queue',
    shape.long ? `long: predicted cost is at least ${cost}` : `short: predicted cost is below ${cost}`,
    {
      'queue.class': shape.long ? 'long' : 'short',
    },
  );
  draft.lead('defaults', 'defaults of the policy', policy.defaults);
  if (shape.priority) draft.lead('priority', `x-relay-priority: ${shape.priority}`, priorityPatch(shape.priority));
  if (shape.deadlineMs !== null) draft.deadline(shape.deadlineMs);
  let stoppedBy: CompiledRule | undefined;
  policy.rules.forEach((rule, i) => {
    draft.rule(rule, shape.verdicts[i], stoppedBy);
    if (rule.final && shape.verdicts[i] === VERDICT.matched) stoppedBy = rule;
  });
  return draft;
}

/** Batch work stands in the long queue, where interactive work overtakes it. */
function priorityPatch(priority: ServiceLevel): FieldPatch {
  return priority === 'batch' ? { serviceLevel: priority, 'queue.class': 'long' } : { serviceLevel: priority };
}

class Draft implements AppliedRules {
  fields: Readonly<PlanFields> = BASE_FIELDS;
  readonly decisions: Decision[] = [];

  constructor(private readonly locks: Locks) {}

  note(rule: LeadingDecision, reason: string): void {
    this.decisions.push({ rule, verdict: 'matched', reason, changed: [] });
  }

  lead(rule: LeadingDecision, reason: string, patch: FieldPatch): void {
    this.patch(rule, reason, patch, this.locks);
  }

  deadline(deadlineMs: number): void {
    this.patch('deadline', `x-relay-deadline-ms: ${deadlineMs}`, { deadlineMs }, {});
  }

  rule(rule: CompiledRule, verdict: string | undefined, stoppedBy: CompiledRule | undefined): void {
    switch (verdict) {
      case VERDICT.matched:
        return this.patch(rule.id, rule.when, rule.patch, this.locks);
      case VERDICT.notMatched:
        return this.unmatched(rule, 'not-matched', rule.when);
      case VERDICT.error:
        return this.unmatched(rule, 'error', `could not be evaluated: ${rule.when}`);
      default:
        return this.unmatched(rule, 'skipped', `the rule ${stoppedBy?.id ?? ''} before it is final`);
    }
  }

  private unmatched(rule: CompiledRule, verdict: Decision['verdict'], reason: string): void {
    this.decisions.push({ rule: rule.id, verdict, reason, changed: [] });
  }

  private patch(rule: string, reason: string, patch: FieldPatch, locks: Locks): void {
    const { fields, changed, ignored } = applyPatch(this.fields, patch, locks);
    this.fields = fields;
    const notes = ignored.map((path) => `; ${path} not applied: ${locks[path] ?? ''}`).join('');
    this.decisions.push({ rule, verdict: 'matched', reason: reason + notes, changed: [...changed] });
  }
}

const AUTO_REASONS = {
  policy: 'auto: the policy chooses',
  cheap: 'auto:cheap: ranked by price',
  fast: 'auto:fast: ranked by tier, basic first',
  best: 'auto:best: ranked by tier and general capability, advanced first',
} as const satisfies Record<AutoVariant, string>;

function modelReason(requested: string): string {
  const variant = autoVariant(requested);
  return variant ? AUTO_REASONS[variant] : `pinned: the app asked for ${requested}`;
}

function locksOf(shape: PlanShape): Locks {
  const locks: { -readonly [Path in PlanPath]?: string } = {};
  const variant = autoVariant(shape.requestedModel);
  if (variant === undefined) {
    locks['route.candidates'] = 'the app pinned the model';
    locks['route.strategy'] = 'the app pinned the model';
  } else if (variant !== 'policy') locks['route.strategy'] = `the app asked for ${shape.requestedModel}`;
  if (shape.deadlineMs !== null) locks.deadlineMs = 'the app set its own deadline';
  return locks;
}
