import { IconAlertTriangle } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { budgetsQuery } from '../../api/queries/budgets.queries';
import { policyQuery, providersQuery, queuesQuery } from '../../api/queries/relay.queries';
import { firingQuery, systemQuery } from '../../api/queries/watch.queries';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { Button } from '../../components/button';
import { useLiveInterval } from '../../state/live';
import { useScopedPath } from '../../state/scoped-path';
import { useTenantScope } from '../../state/tenant-scope';
import { gravestFirst, ofAlerts, ofBudgets, ofSystem, type Incident } from './incident-list';

/** So many are shown before somebody asks for the others. */
const SHOWN = 3;
/** How often alerts and the system are looked at while live, in ms. */
const LOOK_MS = 15_000;

/** What somebody should look at now; nothing is shown where all is well. */
export function Incidents() {
  const scoped = useScopedPath();
  const [all, setAll] = useState(false);
  const incidents = useIncidents();
  const shown = all ? incidents : incidents.slice(0, SHOWN);
  return (
    <>
      {shown.map(({ id, grave, text, to }) => (
        <div key={`${to} ${id}`} className={grave ? 'incident is-grave' : 'incident'} role="status">
          <IconAlertTriangle size={17} aria-hidden="true" />
          <span className="foreign">{text}</span>
          <Link to={scoped(to)}>Investigate →</Link>
        </div>
      ))}
      {shown.length < incidents.length ? (
        <p className="incident-more">
          <Button onClick={() => setAll(true)}>{incidents.length - shown.length} more</Button>
        </p>
      ) : null}
    </>
  );
}

function useIncidents(): readonly Incident[] {
  const enabled = may(useUser().role, 'seeRelay');
  const { tenant } = useTenantScope();
  const refetchInterval = useLiveInterval(LOOK_MS);
  const alerts = useQuery({ ...firingQuery, enabled, refetchInterval }).data?.data ?? [];
  const system = useQuery({ ...systemQuery, enabled, refetchInterval }).data;
  const budgets = useInfiniteQuery(budgetsQuery(tenant)).data?.pages.flatMap(({ data }) => data) ?? [];
  return gravestFirst([
    ...ofAlerts(alerts),
    ...ofSystem(system?.warnings ?? []),
    ...ofBudgets(budgets),
    ...useStateOfRelay(enabled),
  ]);
}

function useStateOfRelay(enabled: boolean): readonly Incident[] {
  const providers = useQuery({ ...providersQuery, enabled }).data?.data ?? [];
  const pools = useQuery({ ...queuesQuery, enabled }).data?.data ?? [];
  const policy = useQuery({ ...policyQuery, enabled }).data;
  const broken = providers.filter(({ targets }) => targets.some(({ breaker }) => breaker !== 'closed'));
  const degrading = pools.filter((pool) => pool.degrading);
  const problem = policy?.problems[0];
  return [
    ...broken.map(({ id, targets }) => {
      const states = targets.filter(({ breaker }) => breaker !== 'closed');
      const words = { forced: 'held open by an operator', drained: 'drained by an operator' };
      const wordOf = ({ reason, breaker }: (typeof states)[number]): string =>
        reason === 'forced' || reason === 'drained' ? words[reason] : breaker;
      const text = `${id} is not in full service: ${states.map((t) => `${t.upstreamModel} ${wordOf(t)}`).join(', ')}`;
      return { id, grave: false, text, to: '/providers' };
    }),
    ...degrading.map(({ id }) => {
      return {
        id,
        grave: false,
        text: `${id} is overloaded: answers are degraded as the policy allows`,
        to: '/queues',
      };
    }),
    ...(problem === undefined
      ? []
      : [{ id: 'policy', grave: true, text: `The published policy is not in force: ${problem}`, to: '/policies' }]),
  ];
}
