import type { Schemas } from '../api/client';
import { formatDuration } from '../format/duration';

type Plan = Schemas['ExecutionPlan'];
type Decision = Schemas['Decision'];

/** Characters of one value; the raw record has all of it. */
const MAX_VALUE = 80;

/** What a rule set, and to what: known of the rule that had the last word, since the plan keeps but that. */
export function changesOf(plan: Plan, decisions: readonly Decision[], at: number): readonly string[] {
  const later = decisions.slice(at + 1).flatMap(({ changed }) => changed);
  return (decisions[at]?.changed ?? []).map((path) =>
    later.some((other) => other === path || other.startsWith(`${path}.`))
      ? `${path} (changed again below)`
      : `${path} = ${valueAt(plan, path)}`,
  );
}

function valueAt(plan: Plan, path: string): string {
  const value = path.split('.').reduce<unknown>((part, name) => fieldOf(part, name), plan);
  const text = textOf(path, value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

const fieldOf = (part: unknown, name: string): unknown =>
  typeof part === 'object' && part !== null && Object.hasOwn(part, name)
    ? (part as Readonly<Record<string, unknown>>)[name]
    : undefined;

function textOf(path: string, value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'number' && path.endsWith('Ms')) return formatDuration(value);
  if (Array.isArray(value)) return value.map((one) => textOf('', fieldOf(one, 'model') ?? one)).join(', ') || 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
