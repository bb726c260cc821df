import { type PlanPatch, semanticModeSchema } from '@relay/contracts';
import type { PolicyProblem } from './compile-policy';
import { BASE_FIELDS, patchFields } from './domain/plan-fields';

/** Who alone reads a setting: some values of another setting. */
interface Reader {
  readonly of: 'route.strategy' | 'cache.semantic.mode' | 'cache.semantic.judge.kind';
  readonly values: readonly string[];
}

const NOUNS: Readonly<Record<Reader['of'], string>> = {
  'route.strategy': 'strategy',
  'cache.semantic.mode': 'mode',
  'cache.semantic.judge.kind': 'judge',
};

const strategy = (value: string): Reader => ({ of: 'route.strategy', values: [value] });
const modes = (...values: readonly string[]): Reader => ({ of: 'cache.semantic.mode', values });
const ON = modes(...semanticModeSchema.options.filter((mode) => mode !== 'off'));

/** By their paths in a patch. */
const READ_BY: Readonly<Record<string, Reader>> = {
  'route.weights': strategy('hybrid'),
  'route.unit': strategy('sticky'),
  'route.explore': strategy('bandit'),
  'route.cascade': strategy('cascade'),
  'cache.semantic.threshold': modes('static', 'validated'),
  'cache.semantic.maxErrorPerHit': modes('verified', 'shadow'), // shadow tells what verified would have done
  'cache.semantic.judge': ON,
  'cache.semantic.judge.minSimilarity': { of: 'cache.semantic.judge.kind', values: ['embedding'] },
  'cache.semantic.labelShare': ON,
  'cache.semantic.recheckShare': ON,
};

type Patches = readonly (readonly [path: string, patch: PlanPatch])[];

/** Settings that only another value of another setting reads, which no part of the document gives it. `patches`: all of it, its defaults first. */
export function unreadSettings(patches: Patches): PolicyProblem[] {
  return Object.entries(READ_BY).flatMap(([field, { of, values }]) => {
    const given = valuesOf(of, patches);
    if (values.some((value) => given.has(value))) return [];
    return patches
      .filter(([, patch]) => valueAt(patch, field) !== undefined)
      .map(([path]) => ({
        path: `${path}.${field}`,
        found: `a setting that only ${readers(NOUNS[of], values)}, which nothing here chooses`,
        allowed: `${of}: ${listed(values, 'or')}, or no ${field.split('.').at(-1)}`,
      }));
  });
}

/** What a setting may be for some request: the plan's own value as well, unless the defaults replace it. */
function valuesOf(field: Reader['of'], patches: Patches): ReadonlySet<unknown> {
  const [inDefaults, ...inOthers] = patches.map(([, patch]) => patchFields(patch)[field]);
  return new Set([inDefaults ?? BASE_FIELDS[field], ...inOthers]);
}

function valueAt(patch: PlanPatch, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], patch);
}

const readers = (noun: string, values: readonly string[]): string =>
  values.length === 1 ? `the ${noun} ${values[0]} reads` : `the ${noun}s ${listed(values, 'and')} read`;
const listed = (values: readonly string[], conjunction: 'and' | 'or'): string =>
  [values.slice(0, -1).join(', '), ...values.slice(-1)].filter(Boolean).join(` ${conjunction} `);
