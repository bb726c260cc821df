import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error';
import { StaleNote } from './stale-note';
import { ErrorState, SkeletonLines } from './states';

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/**
 * Skeleton, error with retry, or what was fetched. What is there already stays in sight while it is fetched anew, and also when
 * that fails, which is said; but not when it may be seen no longer.
 */
export function QueryView<Data>({ query, skeleton, children }: QueryViewProps<Data>) {
  const { data, error } = query;
  const retry = (): void => void query.refetch();
  if (error !== null && (data === undefined || isForbidden(error))) return <ErrorState error={error} onRetry={retry} />;
  if (data === undefined) return skeleton ?? <SkeletonLines />;
  if (error === null) return children(data);
  return (
    <>
      <StaleNote error={error} onRetry={retry} />
      {children(data)}
    </>
  );
}

const isForbidden = (error: Error): boolean => error instanceof ApiError && error.forbidden;
