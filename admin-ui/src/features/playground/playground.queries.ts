import { queryOptions } from '@tanstack/react-query';
import { ApiError, apiErrorOf } from '../../api/api-error';
import { api, dataOf, type Schemas } from '../../api/client';
import { traceQuery } from '../../api/queries/trace.queries';

/** Traces are stored in batches, a moment after the reply: so often one is looked for, and so far apart, in ms. */
const TRACE_LOOKS = 20;
const TRACE_PAUSE_MS = 400;
const VERSIONS = 50;

/** The trace of an answer that has just come. */
export const freshTraceQuery = (id: string) => ({
  ...traceQuery(id),
  retry: (failures: number, error: Error) =>
    failures < TRACE_LOOKS && error instanceof ApiError && (error.status === 404 || error.status >= 500),
  retryDelay: TRACE_PAUSE_MS,
});

/** What a key may ask for, as apps see it. */
export const modelsQuery = (key: string, keyName: string) =>
  queryOptions({
    queryKey: ['playground', 'models', keyName], // not the key itself
    queryFn: async ({ signal }) => {
      const reply = await fetch('/v1/models', { signal, headers: { authorization: `Bearer ${key}` } });
      const body: unknown = await reply.json().catch(() => null);
      if (!reply.ok) throw apiErrorOf(reply, body);
      return (body as Schemas['ModelList']).data.map(({ id }) => id);
    },
    staleTime: 60_000,
  });

export const versionNamesQuery = queryOptions({
  queryKey: ['policies', 'version-names'],
  queryFn: ({ signal }) =>
    dataOf(api.GET('/api/policies/versions', { params: { query: { limit: VERSIONS } }, signal })),
});

export interface Question {
  readonly tenant: string;
  readonly request: Schemas['ChatCompletionRequest'];
  readonly headers: Readonly<Record<string, string>>;
  readonly policy: string | null; // null: what is in force
}

/** What would be done with a request, without calling anything. */
export const explain = ({ tenant, request, headers, policy }: Question) =>
  dataOf(
    api.POST('/api/policies/explain', {
      body: { tenant, request: { ...request }, headers, ...(policy === null ? {} : { policy }) },
    }),
  );
