import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../client';

// Both begin with `policies`, so that a change of any is a reason to ask for all.

export const versionQuery = (version: string) =>
  queryOptions({
    queryKey: ['policies', 'version', version],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/policies/versions/{version}', { params: { path: { version } }, signal })),
  });

export const diffQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['policies', 'diff', from, to],
    queryFn: ({ signal }) => dataOf(api.GET('/api/policies/diff', { params: { query: { from, to } }, signal })),
  });
