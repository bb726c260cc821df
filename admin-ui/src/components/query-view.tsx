import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { queryShows } from './query-shows';
import { StaleNote } from './stale-note';
import { ErrorState, SkeletonLines } from './states';

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** Skeleton, error with retry, or what was fetched, with a note above it when it is from before. */
export function QueryView<Data>({ query, skeleton, children }: QueryViewProps<Data>) {
  const shows = queryShows(query);
  const retry = (): void => void query.refetch();
  if (shows === 'error') return <ErrorState error={query.error} onRetry={retry} />;
  if (query.data === undefined) return skeleton ?? <SkeletonLines />;
  return (
    <>
      {shows === 'stale' ? <StaleNote error={query.error} onRetry={retry} /> : null}
      {children(query.data)}
    </>
  );
}
