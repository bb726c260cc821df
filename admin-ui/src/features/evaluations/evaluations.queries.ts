import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import { rangeQuery, type TimeRange } from '../../state/time-range';
import type { ComparedWith, EvaluationView } from './evaluation-view';

export type Evaluations = Schemas['Evaluations'];
export type EvaluationGroup = Schemas['EvaluationGroup'];
export type Comparison = Schemas['EvaluationComparison'];
export type ComparedFigure = Comparison['figures'][number];
export type Figure = ComparedFigure['figure'];
export type Verdict = ComparedFigure['verdict'];

const queryOf = ({ by, tenant }: EvaluationView, range: TimeRange) => ({
  by,
  ...rangeQuery(range),
  ...(tenant === null ? {} : { tenant }),
});

export const evaluationsQuery = (view: EvaluationView) =>
  queryOptions({
    queryKey: ['evaluations', 'groups', view],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/evaluations', { params: { query: queryOf(view, view.range) }, signal })),
  });

export const comparisonQuery = (view: EvaluationView, { a, b, moment }: ComparedWith) =>
  queryOptions({
    queryKey: ['evaluations', 'comparison', view, a, b, moment],
    queryFn: ({ signal }) => {
      const sides = {
        ...(a === null ? {} : { a }),
        ...(b === null ? {} : { b }),
        ...(moment === null ? {} : { moment }),
      };
      const query = { ...queryOf(view, view.range), ...sides, tolerance: TOLERANCE };
      return dataOf(api.GET('/api/evaluations/comparison', { params: { query }, signal }));
    },
  });

/** Changes below this share are none. */
const TOLERANCE = 0.01;

/** The address of the same figures as CSV. */
export const csvPath = (view: EvaluationView): string =>
  `/api/evaluations?${new URLSearchParams({ ...queryOf(view, view.range), format: 'csv' })}`;

const MAX_VERSIONS = 50;

/** When versions of the policy came into force, the latest first. */
export const publicationsQuery = queryOptions({
  queryKey: ['policies', 'publications'],
  queryFn: async ({ signal }) => {
    const { data } = await dataOf(
      api.GET('/api/policies/versions', { params: { query: { limit: MAX_VERSIONS } }, signal }),
    );
    return data.flatMap(({ name, version, publishedAt }) =>
      publishedAt === null ? [] : [{ name: `${name}@${version}`, at: publishedAt }],
    );
  },
  staleTime: 60_000,
});
