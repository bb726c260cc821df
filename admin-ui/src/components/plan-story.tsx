import type { Schemas } from '../api/client';
import { formatDuration } from '../format/duration';
import { formatDecimal } from '../format/number';
import { choicesOf } from './plan-choices';
import { changesOf } from './rule-changes';
import './plan-story.css';

type Plan = Schemas['ExecutionPlan'];
type Decision = Schemas['Decision'];
type Candidate = Plan['route']['candidates'][number];
type Attempt = Schemas['TraceDetail']['attemptLog'][number];

const NO_ATTEMPTS: readonly Attempt[] = [];

interface PlanStoryProps {
  readonly policy: string | null;
  readonly plan: Plan;
  readonly decisions: readonly Decision[];
  readonly candidates: readonly Candidate[];
  readonly attempts?: readonly Attempt[]; // of a request that was served: which candidates were called
}

/** Why a request is served as it is: what was chosen and by which rule, every rule with its verdict, the ranking with its terms. */
export function PlanStory({ policy, plan, decisions, candidates, attempts = NO_ATTEMPTS }: PlanStoryProps) {
  return (
    <>
      <section>
        <h3 className="story-title">Plan</h3>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Choice</th>
              <th scope="col">Value</th>
              <th scope="col">Decided by</th>
            </tr>
          </thead>
          <tbody>
            {choicesOf(plan, decisions).map(({ name, value, decidedBy }) => (
              <tr key={name}>
                <td className="soft">{name}</td>
                <td className="foreign">{value}</td>
                <td className="soft foreign">{decidedBy}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Candidates candidates={candidates} rejected={plan.route.rejected} attempts={attempts} />
      <section>
        <h3 className="story-title">Rules evaluated{policy ? ` · ${policy}` : ''}</h3>
        <ol className="rule-list">
          {decisions.map((decision, at) => (
            <Rule
              key={`${at} ${decision.rule}`}
              at={at + 1}
              decision={decision}
              changes={changesOf(plan, decisions, at)}
            />
          ))}
        </ol>
      </section>
    </>
  );
}

const VERDICTS = {
  matched: { label: 'matched', tone: 'tone-good', box: 'is-matched' },
  'not-matched': { label: 'no match', tone: 'soft', box: '' },
  skipped: { label: 'skipped', tone: 'soft', box: '' },
  error: { label: 'error', tone: 'tone-bad', box: 'is-error' },
} as const satisfies Record<Decision['verdict'], object>;

interface RuleProps {
  readonly at: number;
  readonly decision: Decision;
  readonly changes: readonly string[];
}

function Rule({ at, decision, changes }: RuleProps) {
  const { rule, verdict, reason } = decision;
  const { label, tone, box } = VERDICTS[verdict];
  return (
    <li className={`rule ${box}`}>
      <span className="rule-at numeric">{at}</span>
      <span className="strong foreign">{rule}</span>
      <span className={tone}>{label}</span>
      <code className="rule-reason foreign">{reason}</code>
      {changes.length > 0 ? <span className="rule-changed foreign">sets {changes.join('; ')}</span> : null}
    </li>
  );
}

interface CandidatesProps {
  readonly candidates: readonly Candidate[];
  readonly rejected: Plan['route']['rejected'];
  readonly attempts: readonly Attempt[];
}

function Candidates({ candidates, rejected, attempts }: CandidatesProps) {
  const terms = [...new Set(candidates.flatMap((candidate) => Object.keys(candidate.terms)))];
  return (
    <section>
      <h3 className="story-title">Candidates</h3>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Candidates">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Provider</th>
              {attempts.length > 0 ? <th scope="col">Called</th> : null}
              <th scope="col" className="end">
                Score
              </th>
              {terms.map((term) => (
                <th key={term} scope="col" className="end">
                  {term}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {candidates.map((candidate, at) => (
              <tr key={`${candidate.provider} ${candidate.model} ${candidate.upstreamModel}`}>
                <td className={at === 0 ? 'strong foreign' : 'foreign'}>{candidate.model}</td>
                <td className="foreign">{candidate.provider}</td>
                {attempts.length > 0 ? <td className="foreign">{outcomeOf(candidate, attempts)}</td> : null}
                <td className="end">{formatDecimal(candidate.score)}</td>
                {terms.map((term) => (
                  <td key={term} className="end">
                    {term.endsWith('Ms') ? formatDuration(candidate.terms[term]) : formatDecimal(candidate.terms[term])}
                  </td>
                ))}
              </tr>
            ))}
            {rejected.map(({ model, provider, reason }) => (
              <tr key={`${provider} ${model} ${reason}`}>
                <td className="soft foreign">{model}</td>
                <td className="soft foreign">{provider ?? '–'}</td>
                <td className="soft foreign" colSpan={terms.length + (attempts.length > 0 ? 2 : 1)}>
                  left out: {reason}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What came of the calls of a candidate, in their order. */
function outcomeOf({ provider, upstreamModel }: Candidate, attempts: readonly Attempt[]): string {
  const own = attempts.filter((attempt) => attempt.provider === provider && attempt.model === upstreamModel);
  return own.map(({ outcome }) => (outcome === 'ok' ? 'served' : outcome.replaceAll('_', ' '))).join(', ') || 'no';
}
