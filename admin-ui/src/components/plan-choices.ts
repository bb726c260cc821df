import type { Schemas } from '../api/client';
import { formatDuration } from '../format/duration';

type Plan = Schemas['ExecutionPlan'];
type Decision = Schemas['Decision'];

export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly decidedBy: string;
}

/** What was chosen for a request, and which rule had the last word on it. */
export function choicesOf(plan: Plan, decisions: readonly Decision[]): readonly Choice[] {
  const by = (...paths: readonly string[]): string =>
    decisions.findLast(({ changed }) => changed.some((path) => paths.some((wanted) => path.startsWith(wanted))))
      ?.rule ?? 'built-in default';
  const { route, queue, cache, retries, guards } = plan;
  return [
    {
      name: 'Models',
      value: route.candidates.map(({ model }) => model).join(' → ') || 'none',
      decidedBy: by('route.candidates'),
    },
    { name: 'Strategy', value: route.strategy, decidedBy: by('route.strategy') },
    {
      name: 'Queue',
      value: `${queue.class}, weight ${queue.weight}, ${plan.serviceLevel}`,
      decidedBy: by('queue', 'serviceLevel'),
    },
    { name: 'Deadline', value: formatDuration(plan.deadlineMs), decidedBy: by('deadlineMs') },
    {
      name: 'Exact cache',
      value: cache.exact.enabled ? `for ${formatDuration(cache.exact.ttlMs)}` : 'off',
      decidedBy: by('cache.exact'),
    },
    { name: 'Semantic cache', value: semantic(cache.semantic), decidedBy: by('cache.semantic') },
    {
      name: 'Retries',
      value: `${counted(retries.maxAttempts, 'attempt')}, ${counted(retries.fallbacks, 'fallback')}`,
      decidedBy: by('retries'),
    },
    {
      name: 'Guards',
      value: `injection ${guards.injection.action}, personal data ${guards.pii.action}`,
      decidedBy: by('guards'),
    },
    { name: 'Under load', value: plan.degrade.join(', ') || 'nothing is given up', decidedBy: by('degrade') },
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const semantic = ({ mode, threshold, maxErrorPerHit }: Plan['cache']['semantic']): string =>
  mode === 'off' ? 'off' : mode === 'verified' ? `verified, error ≤ ${maxErrorPerHit}` : `${mode} ≥ ${threshold}`;
