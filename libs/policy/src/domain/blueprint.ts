import type { Decision, ExecutionPlan, PlanDocument } from '@relay/contracts';
import { canonicalJson, err, ok, RelayError, sha256Hex, type Result } from '@relay/core';
import { applyRules } from './apply-rules';
import type { CompiledPolicy } from './compiled-policy';
import type { PlanFields } from './plan-fields';
import type { PlanShape } from './plan-shape';
import { autoVariant } from './requested-model';
import { drawOrder, hasChoice, reachable } from './routing/draw';
import { AUTO_RANKERS, type RankerName } from './routing/rankers';
import { buildRoute, type Route, type WeightedCandidate } from './routing/route';
import { signPlan } from './signature';

/** A plan of which only the order among weighted candidates is open. */
export interface Blueprint {
  readonly policy: string;
  readonly signature: string;
  readonly decisions: readonly Decision[];
  readonly fields: Readonly<PlanFields>;
  readonly route: Route;
  readonly reach: number; // candidates that may be called: the first and its fallbacks
  /** The order of candidates where nothing is left to the draw, else `null`. */
  readonly fixedOrder: readonly WeightedCandidate[] | null;
}

const DOCUMENT_ID_DIGITS = 32;

export function buildBlueprint(policy: CompiledPolicy, shape: PlanShape): Result<Blueprint, RelayError> {
  const variant = autoVariant(shape.requestedModel);
  if (variant === undefined && !mayUse(policy, shape)) return err(modelNotFound(shape.requestedModel));
  const { fields, decisions } = applyRules(policy, shape);
  const ranker: RankerName = variant ? (AUTO_RANKERS[variant] ?? fields['route.strategy']) : 'pinned';
  const names = variant ? fields['route.candidates'] : [shape.requestedModel];
  const { allow, windowsExceeded } = shape;
  const route = buildRoute({ pinned: !variant, names, ranker, allow, windowsExceeded }, policy.catalogue);
  if (route.groups.length === 0) return err(nothingServes(shape.requestedModel, route));
  const reach = 1 + fields['retries.fallbacks'];
  return ok({
    policy: policy.label,
    signature: signPlan(reachable(route.groups, reach), decodingOf(fields)),
    decisions,
    fields,
    route,
    reach,
    fixedOrder: hasChoice(route.groups) ? null : route.groups.flat(),
  });
}

/** The order this seed draws. */
export function orderFor(blueprint: Blueprint, seed: number): readonly WeightedCandidate[] {
  return blueprint.fixedOrder ?? drawOrder(blueprint.route.groups, blueprint.reach, seed);
}

/** The finished plan with its ids; frozen, because many requests share it. */
export function finishPlan(blueprint: Blueprint, order: readonly WeightedCandidate[]): PlanDocument {
  const { policy, signature, decisions } = blueprint;
  const plan = planOf(blueprint, order);
  const id = sha256Hex(canonicalJson({ signature, policy, plan, decisions })).slice(0, DOCUMENT_ID_DIGITS);
  return deepFreeze({ id, signature, policy, plan, decisions });
}

function planOf({ fields, route }: Blueprint, order: readonly WeightedCandidate[]): ExecutionPlan {
  return {
    serviceLevel: fields.serviceLevel,
    queue: { class: fields['queue.class'], weight: fields['queue.weight'] },
    deadlineMs: fields.deadlineMs,
    route: {
      strategy: route.strategy,
      candidates: order.map(({ model, provider, upstreamModel, score, terms }) => ({
        model,
        provider,
        upstreamModel,
        score,
        terms,
      })),
      rejected: [...route.rejected],
    },
    decoding: decodingOf(fields),
    cache: {
      exact: { enabled: fields['cache.exact.enabled'], ttlMs: fields['cache.exact.ttlMs'] },
      semantic: { mode: fields['cache.semantic.mode'] },
    },
    retries: { maxAttempts: fields['retries.maxAttempts'], fallbacks: fields['retries.fallbacks'] },
    payloadLogging: fields.payloadLogging,
  };
}

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

function nothingServes(requested: string, route: Route): RelayError {
  const drained = route.rejected.some((candidate) => candidate.provider !== null);
  if (!drained) return modelNotFound(requested);
  return new RelayError('unavailable', `No provider serves "${requested}" at the moment.`, { param: 'model' });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
