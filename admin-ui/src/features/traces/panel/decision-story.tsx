import { PlanStory } from '../../../components/plan-story';
import { EmptyState } from '../../../components/states';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import { Comparison } from '../../../components/comparison';

export function DecisionStory({ trace }: { readonly trace: TraceDetail }) {
  if (trace.plan === null)
    return <EmptyState title="There was no plan" text="The request was refused before the policy was asked." />;
  return (
    <>
      {trace.degraded.length > 0 ? (
        <p className="tone-warn">
          Under load it gave up: <b>{trace.degraded.join(', ')}</b>
        </p>
      ) : null}
      <PlanStory
        policy={trace.policy}
        plan={trace.plan}
        decisions={trace.decisions}
        candidates={trace.candidates}
        attempts={trace.attemptLog}
      />
      <Comparison predicted={trace.predicted} actual={trace.actual} />
    </>
  );
}
