import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, dataOf } from '../../../api/client';
import { explainRequestOf, whyNotExplained } from '../../../api/past-request';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import { Can } from '../../../auth/can';
import { may } from '../../../auth/roles';
import { useUser } from '../../../auth/use-session';
import { PlanStory } from '../../../components/plan-story';
import { planChanges, type PlanChange } from '../../../components/plan-changes';
import { QueryView } from '../../../components/query-view';
import { EmptyState, ForbiddenState } from '../../../components/states';
import { useScopedPath } from '../../../state/scoped-path';
import { useUrlParam } from '../../../state/url-state';

const POLICIES = [
  { value: 'published', label: 'What is published' },
  { value: 'latest', label: 'The newest, drafts included' },
  { value: 'file', label: 'The configuration file' },
];

/** What would be done with this request now, and what is other than it was then. Calls nothing. */
export function ExplainStory({ trace }: { readonly trace: TraceDetail }) {
  const { role } = useUser();
  const left = whyNotExplained(trace);
  if (!may(role, 'explain')) return <ForbiddenState text="Owners, operators and tenant-admins can explain requests." />;
  if (left !== null) return <EmptyState title="This request cannot be explained again" text={left} />;
  return <Explained trace={trace} />;
}

function Explained({ trace }: { readonly trace: TraceDetail }) {
  const [chosen, setPolicy] = useUrlParam('against');
  const { role } = useUser();
  const scoped = useScopedPath();
  const policy = may(role, 'seeRelay') ? chosen : null; // a tenant-admin sees plans of the policy in force only
  const explained = useQuery({
    queryKey: ['policies', 'explain', trace.id, policy],
    queryFn: ({ signal }) =>
      dataOf(api.POST('/api/policies/explain', { body: explainRequestOf(trace, policy ?? undefined), signal })),
    retry: false,
  });
  return (
    <>
      <Can do="seeRelay">
        <div className="explain-against">
          <Select
            label="Explain it by"
            size="xs"
            clearable
            clearButtonProps={{ 'aria-label': 'What is in force' }}
            placeholder="What is in force"
            data={POLICIES}
            value={policy}
            onChange={(value) => setPolicy(value)}
          />
          <Link to={scoped(`/policies?tab=explain&policy=editor&trace=${trace.id}`)}>
            Explain it by the text in the policy editor
          </Link>
        </div>
      </Can>
      <QueryView query={explained}>
        {(reply) => (
          <>
            <Changes
              changes={trace.plan ? planChanges({ plan: trace.plan, decisions: trace.decisions }, reply) : null}
              then={trace.policy}
              now={reply.policy}
            />
            <PlanStory {...reply} />
          </>
        )}
      </QueryView>
    </>
  );
}

interface ChangesProps {
  readonly changes: readonly PlanChange[] | null; // null: there was no plan
  readonly then: string | null;
  readonly now: string;
}

function Changes({ changes, then, now }: ChangesProps) {
  if (changes === null) return null;
  if (changes.length === 0)
    return (
      <p className="tone-good">
        <span className="foreign">{now}</span> decides as <span className="foreign">{then}</span> did then.
      </p>
    );
  return (
    <section>
      <h3 className="story-title">What would be other than it was</h3>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Choice</th>
            <th scope="col">Then · {then}</th>
            <th scope="col">Now · {now}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ what, from, to }) => (
            <tr key={what}>
              <td className="soft">{what}</td>
              <td className="foreign">{from}</td>
              <td className="foreign strong">{to}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
