import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { policyQuery, providersQuery, queuesQuery } from '../../api/queries/relay.queries';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { useScopedPath } from '../../state/scoped-path';

interface Incident {
  readonly text: string;
  readonly to: string;
}

/** What somebody should look at now; nothing is shown where all is well. */
export function Incidents() {
  const scoped = useScopedPath();
  return useIncidents().map(({ text, to }) => (
    <div key={text} className="incident" role="status">
      <IconAlertTriangle size={17} aria-hidden="true" />
      <span className="foreign">{text}</span>
      <Link to={scoped(to)}>Investigate →</Link>
    </div>
  ));
}

function useIncidents(): readonly Incident[] {
  const enabled = may(useUser().role, 'seeRelay');
  const providers = useQuery({ ...providersQuery, enabled }).data?.data ?? [];
  const pools = useQuery({ ...queuesQuery, enabled }).data?.data ?? [];
  const policy = useQuery({ ...policyQuery, enabled }).data;
  const broken = providers.filter(({ targets }) => targets.some(({ breaker }) => breaker !== 'closed'));
  const degrading = pools.filter((pool) => pool.degrading);
  return [
    ...broken.map(({ id, targets }) => {
      const states = targets.filter(({ breaker }) => breaker !== 'closed');
      return {
        text: `${id} is not well: ${states.map((t) => `${t.upstreamModel} ${t.breaker}`).join(', ')}`,
        to: '/providers',
      };
    }),
    ...degrading.map(({ id }) => ({
      text: `${id} is overloaded: answers are degraded as the policy allows`,
      to: '/queues',
    })),
    ...(policy && policy.problems.length > 0
      ? [{ text: `The published policy is not in force: ${policy.problems[0]}`, to: '/policies' }]
      : []),
  ];
}
