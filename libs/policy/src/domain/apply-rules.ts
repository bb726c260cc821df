import type { Decision, ExecutionPlan, Preference, ServiceLevel } from '@relay/contracts';
import type { CompiledRule } from './compiled-policy';
import { armOfVerdict, VERDICT } from './evaluate-rules';
import type { CompiledExperiment } from './experiments';
import { applyPatch, BASE_FIELDS, type FieldPatch, type Locks, type PlanFields, type PlanPath } from './plan-fields';
import type { PlanShape } from './plan-shape';
import { AUTO_STRATEGIES, autoVariant, type AutoVariant } from './requested-model';
import { DEFAULT_ACCEPT } from './answer-facts';
import { STRATEGIES, type StrategyName } from './routing/strategies';

/** Decisions that are the relay's own; rules may not take their names. */
export const OWN_DECISIONS = [
  'model',
  'queue',
  'defaults',
  'tenant-defaults',
  'priority',
  'deadline',
  'prefer',
  'ranking',
] as const;
type OwnDecision = (typeof OWN_DECISIONS)[number];

type Experiments = ExecutionPlan['experiments'];

export interface AppliedRules {
  readonly fields: Readonly<PlanFields>;
  readonly strategy: StrategyName;
  readonly decisions: readonly Decision[];
  readonly experiments: Experiments;
}

/**
 * Base plan, queue class, defaults, what the app asked for in headers, then the rules. A rule may overrule the app's priority
 * but not its choice of model or its deadline.
 */
export function applyRules(shape: PlanShape): AppliedRules {
  const { rules: set } = shape;
  const draft = new Draft(locksOf(shape));
  draft.note('model', modelReason(shape.requestedModel));
  draft.lead('queue', queueReason(shape), { 'queue.class': shape.long ? 'long' : 'short' });
  draft.lead('defaults', 'defaults of the policy', set.defaults);
  if (set.tenant !== null) draft.lead('tenant-defaults', `defaults for ${set.tenant}`, set.ownDefaults);
  if (shape.priority) draft.lead('priority', `x-relay-priority: ${shape.priority}`, priorityPatch(shape.priority));
  if (shape.deadlineMs !== null) draft.deadline(shape.deadlineMs);
  let stoppedBy: CompiledRule | undefined;
  set.rules.forEach((rule, i) => {
    if (i === set.ownFrom) stoppedBy = undefined; // a final rule of all tenants leaves this one its own
    const verdict = shape.verdicts[i];
    draft.rule(rule, verdict, stoppedBy);
    if (rule.final && (verdict === VERDICT.matched || armOfVerdict(verdict) !== undefined)) stoppedBy = rule;
  });
  return draft.finish(shape);
}

function queueReason({ long, longFrom }: PlanShape): string {
  return long
    ? `long: predicted cost is at least ${longFrom} tokens`
    : `short: predicted cost is below ${longFrom} tokens`;
}

/** Batch work stands in the long queue, where interactive work overtakes it. */
function priorityPatch(priority: ServiceLevel): FieldPatch {
  return priority === 'batch' ? { serviceLevel: priority, 'queue.class': 'long' } : { serviceLevel: priority };
}

/** Whoever is not named was not considered: a trace that does not say so leaves the question open. */
function amongWhich(strategy: StrategyName, fields: Readonly<PlanFields>): string {
  if (strategy === 'pinned') return '';
  const { 'route.candidates': names, 'route.fallbacks': fallbacks } = fields;
  const among = names === null ? 'every model that the tenant may use' : names.join(', ');
  return `; among ${among}${fallbacks.length > 0 ? `, then ${fallbacks.join(', ')}` : ''}`;
}

/** What a preference of the app multiplies the policy's own weight by. */
const PREFERENCE_FACTOR = 4;
const DEFAULT_CASCADE = { accept: DEFAULT_ACCEPT, maxSteps: 2 };

function definedOf(patch: FieldPatch): FieldPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

class Draft {
  private fields: Readonly<PlanFields> = BASE_FIELDS;
  private readonly decisions: Decision[] = [];
  private readonly experiments: Experiments = [];

  constructor(private readonly locks: Locks) {}

  note(rule: OwnDecision, reason: string): void {
    this.decisions.push({ rule, verdict: 'matched', reason, changed: [] });
  }

  lead(rule: OwnDecision, reason: string, patch: FieldPatch): void {
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
      case VERDICT.skipped:
        return this.unmatched(rule, 'skipped', `the rule ${stoppedBy?.id ?? ''} before it is final`);
      default:
        if (rule.experiment) this.arm(rule, rule.experiment, armOfVerdict(verdict) ?? 0);
    }
  }

  /** The last decisions: what the app would rather have, and how candidates are ranked. */
  finish({ requestedModel, prefer }: PlanShape): AppliedRules {
    const variant = autoVariant(requestedModel);
    const strategy = variant === undefined ? 'pinned' : (AUTO_STRATEGIES[variant] ?? this.fields['route.strategy']);
    if (prefer !== null) this.prefer(prefer, strategy);
    if (variant !== undefined && variant !== 'policy') {
      this.fields = { ...this.fields, 'route.qualityFloor': null }; // the app chose how, without a floor
    }
    if (strategy === 'cascade' && this.fields['route.cascade'] === null) {
      this.fields = { ...this.fields, 'route.cascade': DEFAULT_CASCADE };
    }
    this.decisions.push({
      rule: 'ranking' satisfies OwnDecision,
      verdict: 'matched',
      reason: STRATEGIES[strategy].describe(this.fields) + amongWhich(strategy, this.fields),
      changed: ['route.candidates'],
    });
    const { fields, decisions, experiments } = this;
    return { fields, strategy, decisions, experiments };
  }

  private prefer(prefer: Preference, strategy: StrategyName): void {
    const path = `route.weights.${prefer}` as const;
    if (strategy === 'hybrid') {
      const patch = { [path]: this.fields[path] * PREFERENCE_FACTOR };
      return this.patch('prefer', `x-relay-prefer: ${prefer}, its weight times ${PREFERENCE_FACTOR}`, patch, {});
    }
    this.note('prefer', `x-relay-prefer: ${prefer} is without effect: the strategy is ${strategy}, not hybrid`);
  }

  private arm(rule: CompiledRule, experiment: CompiledExperiment, place: number): void {
    const arm = experiment.arms[place];
    if (!arm) return;
    const total = experiment.weights.reduce((sum, weight) => sum + weight, 0);
    const reason = `${rule.when}; arm ${arm.name} of experiment ${experiment.id} (${arm.weight} of ${total}) by ${experiment.unit}`;
    this.experiments.push({ id: experiment.id, arm: arm.name, unit: experiment.unit });
    this.patch(rule.id, reason, { ...rule.patch, ...definedOf(arm.patch) }, this.locks);
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
  cheap: 'auto:cheap: the app asked for the cheapest',
  fast: 'auto:fast: the app asked for the quickest',
  best: 'auto:best: the app asked for the best',
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
    locks['route.fallbacks'] = 'the app pinned the model';
    locks['route.strategy'] = 'the app pinned the model';
  } else if (variant !== 'policy') locks['route.strategy'] = `the app asked for ${shape.requestedModel}`;
  if (shape.deadlineMs !== null) locks.deadlineMs = 'the app set its own deadline';
  return locks;
}
