import type { Schemas } from '../../../api/client';
import { planChanges } from '../../../components/plan-changes';
import { quantile } from '../../../format/quantile';

type ExplainReply = Schemas['ExplainReply'];

/** One past request under both policies, or why it was left out. */
export type ReplayedTrace =
  | { readonly id: string; readonly left: string }
  | { readonly id: string; readonly before: ExplainReply; readonly after: ExplainReply };

export interface ChangeRow {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly traces: readonly string[]; // ids
}

export interface Outcome {
  readonly explained: number;
  readonly changed: number;
  readonly left: ReadonlyMap<string, number>; // reason → traces
  readonly rows: readonly ChangeRow[]; // most frequent first
  readonly cost: Delta | null;
  readonly p95Ms: Delta | null;
}

export interface Delta {
  readonly before: number;
  readonly after: number;
}

/** What a draft would have done otherwise with these requests. */
export function outcomeOf(replayed: readonly ReplayedTrace[]): Outcome {
  const left = new Map<string, number>();
  const rows = new Map<string, ChangeRow & { traces: string[] }>();
  const pairs: { before: ExplainReply; after: ExplainReply }[] = [];
  let changed = 0;
  for (const one of replayed) {
    if ('left' in one) {
      left.set(one.left, (left.get(one.left) ?? 0) + 1);
      continue;
    }
    pairs.push(one);
    const changes = planChanges(one.before, one.after);
    if (changes.length > 0) changed += 1;
    for (const { what, from, to } of changes) {
      const key = JSON.stringify([what, from, to]);
      const row = rows.get(key) ?? { what, from, to, traces: [] };
      row.traces.push(one.id);
      rows.set(key, row);
    }
  }
  const sorted = [...rows.values()].sort((a, b) => b.traces.length - a.traces.length);
  return {
    ...{ explained: pairs.length, changed, left, rows: sorted },
    cost: deltaOf(pairs, 'costUsd', (values) => values.reduce((sum, value) => sum + value, 0)),
    p95Ms: deltaOf(pairs, 'totalMs', p95),
  };
}

/** Of the requests of which both sides are known. An estimate, made of estimates: not money that is accounted for. */
function deltaOf(
  pairs: readonly { before: ExplainReply; after: ExplainReply }[],
  name: 'costUsd' | 'totalMs',
  combine: (values: readonly number[]) => number,
): Delta | null {
  const known = pairs.flatMap(({ before, after }) => {
    const [from, to] = [before.predicted[name], after.predicted[name]];
    return from == null || to == null ? [] : [[from, to] as const];
  });
  if (known.length === 0) return null;
  return { before: combine(known.map(([from]) => from)), after: combine(known.map(([, to]) => to)) };
}

const p95 = (values: readonly number[]): number => quantile(values, 0.95) ?? 0;
