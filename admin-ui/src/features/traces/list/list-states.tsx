import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client';
import { EmptyState, ErrorState, FilteredEmptyState, SkeletonLines } from '../../../components/states';
import { useUrlState } from '../../../state/url-state';
import { NO_FILTERS } from '../trace-filters';

interface QueryProps {
  readonly query: UseInfiniteQueryResult<InfiniteData<Schemas['TracePage']>>;
}

/** How much of the result is here. A page that could not be fetched is asked for again by hand. */
export function Loaded({ query }: QueryProps) {
  const { isFetchNextPageError, isFetchingNextPage, hasNextPage, error, fetchNextPage } = query;
  if (isFetchNextPageError && !isFetchingNextPage)
    return (
      <span role="alert">
        <span className="tone-bad">No more could be loaded: {error?.message}</span>{' '}
        <button type="button" className="clear-filters" onClick={() => void fetchNextPage()}>
          Try again
        </button>
      </span>
    );
  return <span>{isFetchingNextPage ? 'Loading more' : hasNextPage ? 'Scroll for more' : 'All loaded'}</span>;
}

interface CountsFailedProps {
  readonly what: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

export function CountsFailed({ what, error, onRetry }: CountsFailedProps) {
  return (
    <p role="alert" className="counts-failed">
      <span className="tone-bad">
        {what} could not be counted: {error.message}
      </span>{' '}
      <button type="button" className="clear-filters" onClick={onRetry}>
        Try again
      </button>
    </p>
  );
}

/** Why there are no rows. */
export function NoRows({ query, filtered }: QueryProps & { readonly filtered: boolean }) {
  const [, change] = useUrlState();
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <SkeletonLines lines={12} />;
  if (filtered) return <FilteredEmptyState title="No traces match" onClear={() => change(NO_FILTERS)} />;
  return (
    <EmptyState
      title="No traces in this time range"
      text="Every request leaves one. Widen the range, or send a request to /v1/chat/completions."
    />
  );
}
