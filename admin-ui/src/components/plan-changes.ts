import type { Schemas } from '../api/client';
import { choicesOf } from './plan-choices';

export interface Explained {
  readonly plan: Schemas['ExecutionPlan'];
  readonly decisions: readonly Schemas['Decision'][];
}

export interface PlanChange {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/** What another policy decides otherwise for the same request. */
export function planChanges(before: Explained, after: Explained): readonly PlanChange[] {
  const earlier = new Map(choicesOf(before.plan, before.decisions).map(({ name, value }) => [name, value]));
  const changes = choicesOf(after.plan, after.decisions).flatMap(({ name, value }) => {
    const from = earlier.get(name) ?? '';
    return from === value ? [] : [{ what: name, from, to: value }];
  });
  const [from, to] = [matched(before), matched(after)];
  return from === to ? changes : [...changes, { what: 'Rules that match', from, to }];
}

/** The relay's own steps, which every plan has: what the text of a policy says stands between them. */
const BUILT_IN = new Set([
  'model',
  'queue',
  'defaults',
  'tenant-defaults',
  'priority',
  'deadline',
  'prefer',
  'ranking',
]);

const matched = ({ decisions }: Explained): string =>
  decisions.flatMap(({ rule, verdict }) => (verdict === 'matched' && !BUILT_IN.has(rule) ? [rule] : [])).join(', ') ||
  'none';
