import { Comparison } from '../../components/comparison';
import { Card } from '../../components/card';
import { JsonView } from '../../components/json-view';
import { PlanStory } from '../../components/plan-story';
import { EmptyState, SkeletonLines } from '../../components/states';
import { Waterfall } from '../../components/waterfall/waterfall';
import { AnswerFigures } from './answer-figures';
import { AnswerHead } from './answer-head';
import { AnswerText } from './answer-text';
import { isRunning } from './use-answer';
import { planOf, type LaneState } from './lane';

export const VIEWS = [
  { id: 'answer', label: 'Answer' },
  { id: 'plan', label: 'Plan' },
  { id: 'waterfall', label: 'Waterfall' },
  { id: 'raw', label: 'Raw' },
] as const;
export type View = (typeof VIEWS)[number]['id'];

const ASK = 'Run sends the request to the relay, as an app would. Dry run tells what would be done with it.';

interface LaneViewProps {
  readonly lane: LaneState;
  readonly view: View;
  readonly nothing?: string; // what to do while nothing was asked
}

export function LaneView({ lane, view, nothing = ASK }: LaneViewProps) {
  const { title, answer, trace } = lane;
  return (
    <Card title={title}>
      {answer ? (
        <div className="answer-top">
          <AnswerHead answer={answer} />
          <AnswerFigures answer={answer} trace={trace} />
        </div>
      ) : null}
      <Body lane={lane} view={view} nothing={nothing} />
    </Card>
  );
}

type BodyProps = Required<LaneViewProps>;

function Body({ lane, view, nothing }: BodyProps) {
  const { answer, trace } = lane;
  switch (view) {
    case 'answer':
      return answer ? <AnswerText answer={answer} /> : <Nothing lane={lane} nothing={nothing} />;
    case 'plan':
      return <PlanView lane={lane} nothing={nothing} />;
    case 'waterfall':
      return trace ? <Waterfall trace={trace} /> : <Later lane={lane} nothing={nothing} />;
    case 'raw':
      return trace ? (
        <JsonView value={trace} label="Trace as the API has it" />
      ) : (
        <Later lane={lane} nothing={nothing} />
      );
  }
}

function PlanView({ lane, nothing }: Omit<BodyProps, 'view'>) {
  const plan = planOf(lane);
  if (!plan)
    return lane.trace ? (
      <EmptyState title="It was refused before it was planned" />
    ) : (
      <Later lane={lane} nothing={nothing} />
    );
  return (
    <div className="lane-plan">
      <PlanStory {...plan} />
      {lane.trace ? (
        <Comparison predicted={lane.trace.predicted} actual={lane.trace.actual} />
      ) : (
        <JsonView label="Predicted" value={plan.predicted} />
      )}
    </div>
  );
}

/** The trace is written a moment after the answer. */
function Later({ lane, nothing }: Omit<BodyProps, 'view'>) {
  const { answer } = lane;
  if (answer === null) return <Nothing lane={lane} nothing={nothing} />;
  if (answer.phase === 'failed' && !answer.facts?.traceId)
    return <EmptyState title="There is no trace" text="The request did not reach the relay." />;
  if (isRunning(answer)) return <EmptyState title="Not yet" text="It is told when the answer is whole." />;
  if (lane.unstored)
    return (
      <EmptyState
        title="Its trace was not stored in time"
        text={`${lane.unstored.message} Look for it in Traces later.`}
      />
    );
  return <SkeletonLines lines={8} />;
}

const Nothing = ({ lane, nothing }: Omit<BodyProps, 'view'>) =>
  lane.dryRun ? (
    <EmptyState title="A dry run calls nobody" text="What would be done is under Plan." />
  ) : (
    <EmptyState title="Nothing asked yet" text={nothing} />
  );
