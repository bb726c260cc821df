import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';

export { diffQuery, versionQuery } from '../../api/queries/policy-versions.queries';

const PAGE_ROWS = 50;

export type PolicyVersion = Schemas['PolicyVersion'];

/** All begin with `policies`, so that a change of any is a reason to ask for all. */
export const versionsQuery = infiniteQueryOptions({
  queryKey: ['policies', 'versions'],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: PAGE_ROWS, ...(pageParam === null ? {} : { cursor: pageParam }) };
    return dataOf(api.GET('/api/policies/versions', { params: { query }, signal }));
  },
  getNextPageParam: ({ nextCursor }) => nextCursor,
});

export const lintQuery = (source: string) =>
  queryOptions({
    queryKey: ['policies', 'lint', source],
    queryFn: ({ signal }) => dataOf(api.POST('/api/policies/lint', { body: { source }, signal })),
    staleTime: Infinity,
    gcTime: 60_000,
  });

/** `default@7`, the way versions are named everywhere. */
export const refOf = ({ name, version }: Pick<PolicyVersion, 'name' | 'version'>): string => `${name}@${version}`;
