import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { QueryView } from '../../../components/query-view';
import { EmptyState } from '../../../components/states';
import { formatCount } from '../../../format/number';
import { formatTime } from '../../../format/time';
import { useTenantScope } from '../../../state/tenant-scope';
import { useTimeRange } from '../../../state/time-range';
import { similarityQuery } from '../cache.queries';
import { WhatIfCard } from './what-if-card';
import './similarity.css';

/** How near look-ups came to what was stored. Not asked again by itself: it reads many traces. */
export function SimilarityTab() {
  const { range } = useTimeRange();
  const { tenant } = useTenantScope();
  const found = useQuery({ ...similarityQuery(range, tenant), placeholderData: keepPreviousData });
  return (
    <QueryView query={found}>
      {({ measures, evidence, requests, readFrom }) => (
        <div className="similarity" aria-busy={found.isFetching}>
          {readFrom === null ? null : (
            <p className="soft">
              Of the newest {formatCount(requests)} requests, those since {formatTime(readFrom)}: more are not read at
              once. A shorter range, or one tenant, is seen whole.
            </p>
          )}
          {measures.map((lookUps) => (
            <WhatIfCard key={lookUps.measure} lookUps={lookUps} evidence={evidence} />
          ))}
          {measures.length === 0 ? (
            <EmptyState
              title="Nobody was looked up by meaning"
              text="In this range no request was compared with stored questions. A policy turns that on with cache.semantic.mode; “shadow” looks up and serves nothing."
            />
          ) : null}
        </div>
      )}
    </QueryView>
  );
}
