import type { Decision, DegradeStep, ExecutionPlan, PlanDocument } from '@relay/contracts';
import { canonicalJson, err, ok, RelayError, sha256Hex, type Result } from '@relay/core';
import { applyRules } from './apply-rules';
import type { CompiledPolicy } from './compiled-policy';
import type { PlanFields } from './plan-fields';
import type { PlanShape } from './plan-shape';
import { autoVariant } from './requested-model';
import { drawWithChain, hasChoice, reachable } from './routing/draw';
import { nameOf, rejectionsOf, type ShutTarget } from './routing/rank';
import { buildRoute, type Route, type RouteTarget } from './routing/route';
import { STRATEGIES, type StrategyName } from './routing/strategies';
import { signPlan, signStuck } from './signature';

/** A plan of which only the order of its candidates is open. */
export interface Blueprint {
  readonly policy: string;
  readonly signature: string;
  readonly decisions: readonly Decision[];
  readonly fields: Readonly<PlanFields>;
  readonly experiments: ExecutionPlan['experiments'];
  readonly degrade: readonly DegradeStep[];
  readonly strategy: StrategyName;
  readonly route: Route;
  readonly reach: number; // ranked candidates that may be called: the first and its fallbacks, or the steps of a cascade
  readonly cascades: boolean; // answers are checked; never those of a stream
  /** The order of candidates where neither request nor draw has a say, else `null`. */
  readonly fixedOrder: readonly RouteTarget[] | null;
}

const DOCUMENT_ID_DIGITS = 32;

export function buildBlueprint(policy: CompiledPolicy, shape: PlanShape): Result<Blueprint, RelayError> {
  const pinned = autoVariant(shape.requestedModel) === undefined ? shape.requestedModel : null;
  if (pinned !== null && !mayUse(policy, shape)) return err(modelNotFound(pinned));
  const { fields, strategy, decisions, experiments } = applyRules(shape);
  const route = buildRoute(
    {
      pinned,
      names: fields['route.candidates'],
      fallbacks: pinned === null ? fields['route.fallbacks'] : [],
      oneGroup: strategy === 'weighted' || strategy === 'sticky',
      allow: shape.allow,
      requires: shape.requires,
      exceededWindow: policy.catalogue.windows[shape.windowsExceeded - 1] ?? -1,
      regions: fields['route.regions'],
      providers: fields['route.providers'],
    },
    policy.catalogue,
  );
  if (route.groups.length === 0) return err(nothingServes(shape.requestedModel, route, fields));
  const cascades = strategy === 'cascade' && !shape.stream;
  const reach = reachOf(fields, cascades);
  const groups = [...route.groups, ...route.fallbacks];
  const byRequest = STRATEGIES[strategy].score !== null;
  const served = byRequest ? groups : [...reachable(route.groups, reach), ...route.fallbacks];
  return ok({
    policy: policy.label,
    signature: signPlan({ groups: served, strategy, cascades, fields, decoding: decodingOf(fields), experiments }),
    decisions,
    fields,
    experiments,
    degrade: policy.degrade,
    strategy,
    route,
    reach,
    cascades,
    fixedOrder: byRequest || hasChoice(groups) ? null : drawWithChain(route.groups, route.fallbacks, reach, 0),
  });
}

function reachOf(fields: Readonly<PlanFields>, cascades: boolean): number {
  const steps = cascades ? (fields['route.cascade']?.maxSteps ?? 1) : 1;
  return Math.max(1 + fields['retries.fallbacks'], steps);
}

/** The finished plan with its ids; frozen, because many requests share it. `shut` could serve, but not at this moment. */
export function finishPlan(
  blueprint: Blueprint,
  order: readonly RouteTarget[],
  shut: readonly ShutTarget[],
): PlanDocument {
  const { policy, decisions, strategy } = blueprint;
  const signature = strategy === 'sticky' ? signStuck(blueprint.signature, order[0]) : blueprint.signature;
  const plan = planOf(blueprint, order, shut);
  const id = sha256Hex(canonicalJson({ signature, policy, plan, decisions })).slice(0, DOCUMENT_ID_DIGITS);
  return deepFreeze({ id, signature, policy, plan, decisions });
}

function planOf(blueprint: Blueprint, order: readonly RouteTarget[], shut: readonly ShutTarget[]): ExecutionPlan {
  const { fields } = blueprint;
  return {
    serviceLevel: fields.serviceLevel,
    queue: { class: fields['queue.class'], weight: fields['queue.weight'] },
    deadlineMs: fields.deadlineMs,
    route: routeOf(blueprint, order, shut),
    decoding: decodingOf(fields),
    cache: cacheOf(fields),
    retries: {
      ...callsOf(blueprint),
      budget: fields['retries.budget'],
      hedge: fields['retries.hedge'],
    },
    guards: {
      injection: { action: fields['guards.injection.action'], threshold: fields['guards.injection.threshold'] },
      pii: {
        action: fields['guards.pii.action'],
        kinds: [...fields['guards.pii.kinds']],
        restore: fields['guards.pii.restore'],
      },
    },
    degrade: [...blueprint.degrade],
    experiments: [...blueprint.experiments],
    ...(fields['batch.offload'] && { batch: { offload: true } }),
    payloadLogging: fields.payloadLogging,
  };
}

/** A chain of fallbacks is there to be called, beyond the fallbacks among the ranked ones. */
function callsOf({ fields, route }: Blueprint): Pick<ExecutionPlan['retries'], 'maxAttempts' | 'fallbacks'> {
  const chain = route.fallbacks.flat().length;
  const [maxAttempts, fallbacks] = [fields['retries.maxAttempts'], fields['retries.fallbacks']];
  if (chain === 0) return { maxAttempts, fallbacks };
  const ranked = Math.min(1 + fallbacks, route.groups.flat().length);
  return { maxAttempts: Math.max(maxAttempts, ranked + chain), fallbacks: ranked - 1 + chain };
}

/** Scores stand here only where they are the same for every request; others are kept with the trace of the request. */
function routeOf(
  { strategy, route, cascades, fields }: Blueprint,
  order: readonly RouteTarget[],
  shut: readonly ShutTarget[],
): ExecutionPlan['route'] {
  const ofPolicy = STRATEGIES[strategy].score === null;
  const termsOf = (target: RouteTarget, i: number): Record<string, number> =>
    ofPolicy ? { order: i + 1, weight: target.weight } : {};
  return {
    strategy,
    candidates: order.map((target, i) => ({
      ...nameOf(target),
      score: ofPolicy ? 1 / (i + 1) : 0,
      terms: termsOf(target, i),
    })),
    rejected: [...route.rejected, ...rejectionsOf(shut)],
    regions: copyOf(fields['route.regions']),
    providers: copyOf(fields['route.providers']),
    cascade: cascades ? fields['route.cascade'] : null,
  };
}

const copyOf = (names: readonly string[] | null): string[] | null => names && [...names];

function decodingOf(fields: Readonly<PlanFields>): ExecutionPlan['decoding'] {
  return { maxTokens: fields['decoding.maxTokens'], overrides: fields['decoding.overrides'] };
}

function mayUse({ catalogue }: CompiledPolicy, { requestedModel, allow }: PlanShape): boolean {
  return catalogue.byId.has(requestedModel) && (allow === null || allow.includes(requestedModel));
}

/** The same words whether the model is unknown or withheld: a key learns nothing of what others may use. */
function modelNotFound(requested: string): RelayError {
  return new RelayError('model_not_found', `The model "${requested}" does not exist or this key may not use it.`, {
    param: 'model',
  });
}

function nothingServes(
  requested: string,
  { rejected, unable, unasked }: Route,
  fields: Readonly<PlanFields>,
): RelayError {
  const drained = rejected.some((candidate) => candidate.provider !== null);
  const param = 'model';
  if (unasked !== null) {
    return new RelayError('invalid_request', `The model "${requested}" cannot be asked for this: ${unasked}.`, {
      param,
    });
  }
  if (drained && (fields['route.regions'] !== null || fields['route.providers'] !== null)) {
    const message = `The policy lets this request go to no target of "${requested}": ${reasonsOf(rejected)}.`;
    return new RelayError('forbidden', message, { param });
  }
  if (drained) return new RelayError('unavailable', `No provider serves "${requested}" at the moment.`, { param });
  if (unable !== null) {
    return new RelayError('invalid_request', `No model that may be used can serve this: ${unable}.`, { param });
  }
  return modelNotFound(requested);
}

const MAX_REASONS = 5;

function reasonsOf(rejected: Route['rejected']): string {
  const reasons = rejected.map(
    ({ model, provider, reason }) => `${model}${provider ? ` at ${provider}` : ''}: ${reason}`,
  );
  const rest = reasons.length > MAX_REASONS ? `; and ${reasons.length - MAX_REASONS} more` : '';
  return reasons.slice(0, MAX_REASONS).join('; ') + rest;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

function cacheOf(fields: Readonly<PlanFields>): ExecutionPlan['cache'] {
  return {
    exact: {
      enabled: fields['cache.exact.enabled'],
      ttlMs: fields['cache.exact.ttlMs'],
      staleMs: fields['cache.exact.staleMs'],
      refusalTtlMs: fields['cache.exact.refusalTtlMs'],
      coalesce: fields['cache.exact.coalesce'],
    },
    semantic: {
      mode: fields['cache.semantic.mode'],
      threshold: fields['cache.semantic.threshold'],
      maxErrorPerHit: fields['cache.semantic.maxErrorPerHit'],
      ttlMs: fields['cache.semantic.ttlMs'],
      evidence: fields['cache.semantic.evidence'],
      maxTurns: fields['cache.semantic.maxTurns'],
      maxTemperature: fields['cache.semantic.maxTemperature'],
      judge: {
        kind: fields['cache.semantic.judge.kind'],
        model: fields['cache.semantic.judge.model'],
        minSimilarity: fields['cache.semantic.judge.minSimilarity'],
      },
      labelShare: fields['cache.semantic.labelShare'],
      recheckShare: fields['cache.semantic.recheckShare'],
    },
    version: fields['cache.version'],
    replay: fields['cache.replay'],
    finishOnDisconnect: fields['cache.finishOnDisconnect'],
  };
}
