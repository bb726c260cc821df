import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { EmptyState } from '../../components/states';
import { StatusBadge } from '../../components/status-badge';
import { formatCount } from '../../format/number';
import { invalidationsQuery } from './cache.queries';
import { namedIn } from './named-in';

type Invalidation = Schemas['CacheInvalidation'];

/** While one runs its progress is looked at so often, in ms. */
const LOOK_MS = 1_000;
const TONES = { waiting: 'calm', running: 'accent', done: 'good' } as const;

const isOpen = ({ status }: Invalidation): boolean => status === 'waiting' || status === 'running';

/** What was made void, and how far its copies are removed. */
export function InvalidationsTab() {
  const invalidations = useQuery({
    ...invalidationsQuery,
    refetchInterval: ({ state }) => (state.data?.data.some(isOpen) ? LOOK_MS : false),
  });
  return (
    <QueryView query={invalidations}>
      {({ data }) =>
        data.length === 0 ? (
          <EmptyState
            title="Nothing was invalidated"
            text="What is invalidated is void at once, in every process; here is how far its copies are removed."
          />
        ) : (
          <ul className="warm-list" aria-label="Invalidations">
            {data.map((invalidation) => (
              <InvalidationCard key={invalidation.id} invalidation={invalidation} />
            ))}
          </ul>
        )
      }
    </QueryView>
  );
}

function InvalidationCard({ invalidation }: { readonly invalidation: Invalidation }) {
  const { named, status, total, removed, reason, createdAt } = invalidation;
  const of = total === null ? '' : ` of ${total.atLeast ? 'at least ' : ''}${formatCount(total.count)}`;
  const share = status === 'done' || total === null ? 0 : removed / Math.max(total.count, removed, 1);
  return (
    <li className="warm-card">
      <div className="warm-head">
        <b className="foreign">{namedIn(named)}</b>
        <StatusBadge tone={TONES[status]} label={status} />
        <span className="soft">
          void since <RelativeTime at={createdAt} />
        </span>
      </div>
      <Progress value={status === 'done' ? 100 : share * 100} aria-label={`${removed}${of} removed`} />
      <p className="soft">
        {formatCount(removed)}
        {of} copies removed
      </p>
      {reason === null ? null : <p className="tone-warn foreign">{reason}</p>}
    </li>
  );
}
