import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../client';

export type TraceDetail = Schemas['TraceDetail'];

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['trace', id],
    queryFn: ({ signal }) => dataOf(api.GET('/api/traces/{id}', { params: { path: { id } }, signal })),
    staleTime: Infinity, // a trace is written once
  });
