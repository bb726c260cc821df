import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { policyQuery, providersQuery, queuesQuery } from '../api/queries/relay.queries';
import { may } from '../auth/roles';
import { useUser } from '../auth/use-session';
import { formatCompact } from '../format/number';
import { useLiveInterval } from '../state/live';

/** How often the navigation looks, in ms; pages that show the same look more often, and it learns from them. */
const PAUSE_MS = 15_000;

/** What is told beside entries of the navigation: who waits, what is broken, which policy holds. */
export function useNavNotes(): Readonly<Record<string, ReactNode>> {
  const enabled = may(useUser().role, 'seeRelay');
  const refetchInterval = useLiveInterval(PAUSE_MS);
  const queues = useQuery({ ...queuesQuery, enabled, refetchInterval });
  const providers = useQuery({ ...providersQuery, enabled, refetchInterval });
  const policy = useQuery({ ...policyQuery, enabled, refetchInterval });
  const waiting = queues.data?.data.reduce((sum, pool) => sum + pool.waiting.short + pool.waiting.long, 0) ?? 0;
  const broken =
    providers.data?.data.filter(({ targets }) => targets.some(({ breaker }) => breaker !== 'closed')).length ?? 0;
  return {
    '/queues': waiting > 0 ? <span className="nav-note">{formatCompact(waiting)}</span> : null,
    '/providers':
      broken > 0 ? (
        <span className="nav-note tone-warn" title={`${broken} not well`}>
          ▲ {broken}
        </span>
      ) : null,
    '/policies': policy.data ? <span className="nav-note">v{policy.data.version}</span> : null,
  };
}
