import type { Schemas } from '../../api/client';
import type { TraceDetail } from '../../api/queries/trace.queries';
import type { Answer } from './answer';

export type Plan = Pick<Schemas['ExplainReply'], 'policy' | 'plan' | 'decisions' | 'candidates' | 'predicted'>;

/** One of the one or two things that are looked at side by side. */
export interface LaneState {
  readonly title: string;
  readonly answer: Answer | null;
  readonly trace: TraceDetail | undefined; // once it is stored
  readonly unstored?: Error | null; // why its trace is not there, once nobody looks for it any more
  readonly dryRun: Plan | null;
}

/** The plan of the answer once its trace tells it, else that of the dry run. */
export function planOf({ trace, dryRun }: LaneState): (Omit<Plan, 'policy'> & { policy: string | null }) | null {
  if (trace?.plan) return { ...trace, plan: trace.plan };
  return dryRun;
}
