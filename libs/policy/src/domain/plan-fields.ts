import {
  piiKindSchema,
  type ExecutionPlan,
  type InjectionAction,
  type JudgeKind,
  type PiiAction,
  type PiiKind,
  type PlanPatch,
  type QueueClass,
  type ReplayPace,
  type RouteStrategy,
  type SemanticMode,
  type ServiceLevel,
  type Unit,
} from '@relay/contracts';
import { canonicalJson } from '@relay/core';

/** What policies decide of a plan, each value under its path in the plan. The candidates are still names of models here. */
export interface PlanFields {
  serviceLevel: ServiceLevel;
  'queue.class': QueueClass;
  'queue.weight': number;
  deadlineMs: number;
  'route.candidates': readonly string[] | null; // null: every model the tenant may use
  'route.fallbacks': readonly string[]; // tried in this order when the candidates fail
  'route.strategy': RouteStrategy;
  'route.qualityFloor': number | null;
  'route.weights.quality': number;
  'route.weights.cost': number;
  'route.weights.latency': number;
  'route.weights.load': number;
  'route.unit': Unit;
  'route.explore': number;
  'route.regions': readonly string[] | null; // null: anywhere
  'route.providers': readonly string[] | null; // null: any
  'route.cascade': ExecutionPlan['route']['cascade'];
  'decoding.maxTokens': number | null; // a cap
  'decoding.overrides': Readonly<Record<string, unknown>>;
  'cache.exact.enabled': boolean;
  'cache.exact.ttlMs': number;
  'cache.exact.staleMs': number;
  'cache.exact.refusalTtlMs': number;
  'cache.exact.coalesce': boolean;
  'cache.semantic.mode': SemanticMode;
  'cache.semantic.threshold': number;
  'cache.semantic.maxErrorPerHit': number;
  'cache.semantic.ttlMs': number;
  'cache.semantic.evidence': string;
  'cache.semantic.maxTurns': number;
  'cache.semantic.maxTemperature': number;
  'cache.semantic.judge.kind': JudgeKind;
  'cache.semantic.judge.model': string | null;
  'cache.semantic.judge.minSimilarity': number;
  'cache.semantic.labelShare': number;
  'cache.semantic.recheckShare': number;
  'cache.version': string;
  'cache.replay': ReplayPace;
  'cache.finishOnDisconnect': boolean;
  'retries.maxAttempts': number;
  'retries.fallbacks': number;
  'retries.budget': number;
  'retries.hedge': ExecutionPlan['retries']['hedge'];
  'guards.injection.action': InjectionAction;
  'guards.injection.threshold': number;
  'guards.pii.action': PiiAction;
  'guards.pii.kinds': readonly PiiKind[];
  'guards.pii.restore': boolean;
  'batch.offload': boolean;
  payloadLogging: boolean;
}

export type PlanPath = keyof PlanFields;
export type FieldPatch = { readonly [Path in PlanPath]?: PlanFields[Path] };

/** The plan before any policy. */
export const BASE_FIELDS: Readonly<PlanFields> = {
  serviceLevel: 'standard',
  'queue.class': 'short',
  'queue.weight': 1,
  deadlineMs: 120_000,
  'route.candidates': null,
  'route.fallbacks': [],
  'route.strategy': 'ordered',
  'route.qualityFloor': null,
  // A point of quality is worth 0.01 of score, so is half a dollar for 1,000 requests, half a second, a twentieth of the slots.
  'route.weights.quality': 1,
  'route.weights.cost': 0.02,
  'route.weights.latency': 0.02,
  'route.weights.load': 0.2,
  'route.unit': 'user',
  'route.explore': 0.1,
  'route.regions': null,
  'route.providers': null,
  'route.cascade': null,
  'decoding.maxTokens': null,
  'decoding.overrides': {},
  'cache.exact.enabled': true,
  'cache.exact.ttlMs': 3_600_000,
  'cache.exact.staleMs': 0,
  'cache.exact.refusalTtlMs': 10_000,
  'cache.exact.coalesce': true,
  'cache.semantic.mode': 'off',
  'cache.semantic.threshold': 0.92,
  'cache.semantic.maxErrorPerHit': 0.02,
  'cache.semantic.ttlMs': 86_400_000,
  'cache.semantic.evidence': 'default',
  'cache.semantic.maxTurns': 3,
  'cache.semantic.maxTemperature': 1, // OpenAI's default, which most apps leave as it is
  'cache.semantic.judge.kind': 'embedding',
  'cache.semantic.judge.model': null,
  'cache.semantic.judge.minSimilarity': 0.9,
  'cache.semantic.labelShare': 0.25,
  'cache.semantic.recheckShare': 0.02,
  'cache.version': '1',
  'cache.replay': 'instant',
  'cache.finishOnDisconnect': false,
  'retries.maxAttempts': 2,
  'retries.fallbacks': 1,
  'retries.budget': 0.2,
  'retries.hedge': null,
  'guards.injection.action': 'off',
  'guards.injection.threshold': 0.5, // precision 1.00, recall 0.97 on the list of libs/prompt's spec; 0.18 at 0.8
  'guards.pii.action': 'off',
  'guards.pii.kinds': piiKindSchema.options,
  'guards.pii.restore': true,
  'batch.offload': false, // answers come when the provider likes, and prompts lie there meanwhile
  payloadLogging: false, // prompts are stored only where an operator asked for it
};

const PLAN_PATHS = Object.keys(BASE_FIELDS) as readonly PlanPath[];

/** A patch as documents write it, by path. */
export function patchFields(patch: PlanPatch): FieldPatch {
  return {
    serviceLevel: patch.serviceLevel,
    'queue.class': patch.queue?.class,
    'queue.weight': patch.queue?.weight,
    deadlineMs: patch.deadlineMs,
    ...routeFields(patch.route),
    'decoding.maxTokens': patch.decoding?.maxTokens,
    'decoding.overrides': patch.decoding?.overrides && sortedCopy(patch.decoding.overrides),
    ...cacheFields(patch.cache),
    'retries.maxAttempts': patch.retries?.maxAttempts,
    'retries.fallbacks': patch.retries?.fallbacks,
    'retries.budget': patch.retries?.budget,
    'retries.hedge': hedgeOf(patch.retries?.hedge),
    'guards.injection.action': patch.guards?.injection?.action,
    'guards.injection.threshold': patch.guards?.injection?.threshold,
    'guards.pii.action': patch.guards?.pii?.action,
    'guards.pii.kinds': patch.guards?.pii?.kinds && [...new Set(patch.guards.pii.kinds)].sort(),
    'guards.pii.restore': patch.guards?.pii?.restore,
    'batch.offload': patch.batch?.offload,
    payloadLogging: patch.payloadLogging,
  };
}

function cacheFields({ exact, semantic, ...cache }: NonNullable<PlanPatch['cache']> = {}): FieldPatch {
  return {
    'cache.exact.enabled': exact?.enabled,
    'cache.exact.ttlMs': exact?.ttl,
    'cache.exact.staleMs': exact?.staleWhileRevalidate,
    'cache.exact.refusalTtlMs': exact?.refusalTtl,
    'cache.exact.coalesce': exact?.coalesce,
    'cache.semantic.mode': semantic?.mode,
    'cache.semantic.threshold': semantic?.threshold,
    'cache.semantic.maxErrorPerHit': semantic?.maxErrorPerHit,
    'cache.semantic.ttlMs': semantic?.ttl,
    'cache.semantic.evidence': semantic?.evidence,
    'cache.semantic.maxTurns': semantic?.maxTurns,
    'cache.semantic.maxTemperature': semantic?.maxTemperature,
    'cache.semantic.judge.kind': semantic?.judge?.kind,
    'cache.semantic.judge.model': semantic?.judge?.model,
    'cache.semantic.judge.minSimilarity': semantic?.judge?.minSimilarity,
    'cache.semantic.labelShare': semantic?.labelShare,
    'cache.semantic.recheckShare': semantic?.recheckShare,
    'cache.version': cache.version,
    'cache.replay': cache.replay,
    'cache.finishOnDisconnect': cache.finishOnDisconnect,
  };
}

const DEFAULT_CASCADE_STEPS = 2;

function routeFields(route: PlanPatch['route'] = {}): FieldPatch {
  const { cascade, weights } = route;
  return {
    'route.candidates': route.candidates,
    'route.fallbacks': route.fallbacks,
    'route.strategy': route.strategy,
    'route.qualityFloor': route.qualityFloor,
    'route.weights.quality': weights?.quality,
    'route.weights.cost': weights?.cost,
    'route.weights.latency': weights?.latency,
    'route.weights.load': weights?.load,
    'route.unit': route.unit,
    'route.explore': route.explore,
    'route.regions': route.regions,
    'route.providers': route.providers,
    'route.cascade': cascade && { accept: cascade.accept, maxSteps: cascade.maxSteps ?? DEFAULT_CASCADE_STEPS },
  };
}

type Hedge = NonNullable<PlanPatch['retries']>['hedge'];

function hedgeOf(hedge: Hedge): FieldPatch['retries.hedge'] {
  if (!hedge) return hedge; // null takes a hedge back
  return { afterMs: hedge.after === 'p95' ? null : hedge.after };
}

/** Paths that a patch may not change for this request, each with the reason. */
export type Locks = { readonly [Path in PlanPath]?: string };

export interface PatchResult {
  readonly fields: Readonly<PlanFields>;
  readonly changed: readonly PlanPath[]; // only what differs now
  readonly ignored: readonly PlanPath[]; // what a lock kept
}

/**
 * Applies a patch by field: lists and values replace, `decoding.overrides` merge by key. Where data may go can only be narrowed:
 * what one part of a policy forbids, no later one allows.
 */
export function applyPatch(fields: Readonly<PlanFields>, patch: FieldPatch, locks: Locks = {}): PatchResult {
  const next = { ...fields };
  const changed: PlanPath[] = [];
  const ignored: PlanPath[] = [];
  for (const path of PLAN_PATHS) {
    if (patch[path] === undefined) continue;
    if (locks[path] !== undefined) ignored.push(path);
    else if (patchOne(next, patch, path)) changed.push(path);
  }
  return { fields: next, changed, ignored };
}

function patchOne<Path extends PlanPath>(fields: PlanFields, patch: FieldPatch, path: Path): boolean {
  const before = canonicalJson(fields[path]);
  const value: PlanFields[Path] | undefined = patch[path];
  if (value === undefined) return false;
  if (path === 'decoding.overrides') {
    fields['decoding.overrides'] = { ...fields['decoding.overrides'], ...patch['decoding.overrides'] };
  } else if (path === 'route.regions') {
    fields['route.regions'] = narrowed(fields['route.regions'], patch['route.regions']);
  } else if (path === 'route.providers') {
    fields['route.providers'] = narrowed(fields['route.providers'], patch['route.providers']);
  } else fields[path] = value;
  return canonicalJson(fields[path]) !== before;
}

type Places = readonly string[] | null;

function narrowed(before: Places, by: Places | undefined): Places {
  if (before === null || !by) return by ?? before;
  return by.filter((name) => before.includes(name));
}

/** With sorted keys, so that equal plans print equally whatever the order in the document. */
function sortedCopy(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(canonicalJson(value)) as Record<string, unknown>;
}
