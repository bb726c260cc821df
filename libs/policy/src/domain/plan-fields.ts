import type { ExecutionPlan, PlanPatch, QueueClass, ServiceLevel } from '@relay/contracts';
import { canonicalJson } from '@relay/core';

export type PolicyStrategy = 'ordered' | 'weighted' | 'cost';

/** What policies decide of a plan, each value under its path in the plan. The candidates are still names of models here. */
export interface PlanFields {
  serviceLevel: ServiceLevel;
  'queue.class': QueueClass;
  'queue.weight': number;
  deadlineMs: number;
  'route.candidates': readonly string[] | null; // null: every model the tenant may use
  'route.strategy': PolicyStrategy;
  'decoding.maxTokens': number | null; // a cap
  'decoding.overrides': Readonly<Record<string, unknown>>;
  'cache.exact.enabled': boolean;
  'cache.exact.ttlMs': number;
  'cache.semantic.mode': ExecutionPlan['cache']['semantic']['mode'];
  'retries.maxAttempts': number;
  'retries.fallbacks': number;
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
  'route.strategy': 'ordered',
  'decoding.maxTokens': null,
  'decoding.overrides': {},
  'cache.exact.enabled': true,
  'cache.exact.ttlMs': 3_600_000,
  'cache.semantic.mode': 'off',
  'retries.maxAttempts': 2,
  'retries.fallbacks': 1,
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
    'route.candidates': patch.route?.candidates,
    'route.strategy': patch.route?.strategy,
    'decoding.maxTokens': patch.decoding?.maxTokens,
    'decoding.overrides': patch.decoding?.overrides && sortedCopy(patch.decoding.overrides),
    'cache.exact.enabled': patch.cache?.exact?.enabled,
    'cache.exact.ttlMs': patch.cache?.exact?.ttl,
    'cache.semantic.mode': patch.cache?.semantic?.mode,
    'retries.maxAttempts': patch.retries?.maxAttempts,
    'retries.fallbacks': patch.retries?.fallbacks,
    payloadLogging: patch.payloadLogging,
  };
}

/** Paths that a patch may not change for this request, each with the reason. */
export type Locks = { readonly [Path in PlanPath]?: string };

export interface PatchResult {
  readonly fields: Readonly<PlanFields>;
  readonly changed: readonly PlanPath[]; // only what differs now
  readonly ignored: readonly PlanPath[]; // what a lock kept
}

/** Applies a patch by field: lists and values replace, `decoding.overrides` merge by key. */
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
  } else fields[path] = value;
  return canonicalJson(fields[path]) !== before;
}

/** With sorted keys, so that equal plans print equally whatever the order in the document. */
function sortedCopy(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(canonicalJson(value)) as Record<string, unknown>;
}
