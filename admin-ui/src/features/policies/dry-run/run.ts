import { api, dataOf, type Schemas } from '../../../api/client';
import { explainRequestOf, whyNotExplained } from '../../../api/past-request';
import type { ReplayedTrace } from './outcome';

type Policy = Schemas['ExplainRequest']['policy'];

/** Traces that are looked at at the same time: the relay has other things to do. */
const PARALLEL = 4;
const PAGE_ROWS = 200;

export interface DryRun {
  readonly source: string; // the policy that is tried
  readonly count: number;
  readonly filter: { readonly from: string; readonly to?: string; readonly tenant?: string };
  readonly signal: AbortSignal;
  readonly onFound: (traces: number) => void;
  readonly onReplayed: (trace: ReplayedTrace) => void;
}

/** Explains the last traces by the policy in force and by another one, and tells both of each. Ends early when it is aborted. */
export async function dryRun({ source, count, filter, signal, onFound, onReplayed }: DryRun): Promise<void> {
  const query = { ...filter, limit: Math.min(count, PAGE_ROWS) };
  const { data } = await dataOf(api.GET('/api/traces', { params: { query }, signal }));
  const rows = data.slice(0, count);
  onFound(rows.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let row = rows[next++]; row !== undefined && !signal.aborted; row = rows[next++])
      onReplayed(await replay(row.id, { source }, signal));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

async function replay(id: string, draft: Policy, signal: AbortSignal): Promise<ReplayedTrace> {
  try {
    const trace = await dataOf(api.GET('/api/traces/{id}', { params: { path: { id } }, signal }));
    const left = whyNotExplained(trace);
    if (left !== null) return { id, left };
    const explain = (policy?: Policy) =>
      dataOf(api.POST('/api/policies/explain', { body: explainRequestOf(trace, policy), signal }));
    const [before, after] = await Promise.all([explain(), explain(draft)]);
    return { id, before, after };
  } catch (error) {
    if (signal.aborted) throw error;
    return { id, left: error instanceof Error ? error.message : String(error) };
  }
}
