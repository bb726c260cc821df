import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import { useNavigate, useParams } from 'react-router';
import { usePageTitle } from '../../components/page';
import { usePages } from '../../components/use-pages';
import { useScopedPath } from '../../state/scoped-path';
import { useTimeRange } from '../../state/time-range';
import { useTenantScope } from '../../state/tenant-scope';
import { useUrlState } from '../../state/url-state';
import { TraceList } from './list/trace-list';
import { TracePanel } from './panel/trace-panel';
import { readFilters, type TraceFilters } from './trace-filters';
import { tracesQuery, type TraceRow } from './traces.queries';
import './traces.css';

export default function TracesPage() {
  usePageTitle('Traces');
  const { id: deepLinked } = useParams();
  const navigate = useNavigate();
  const [params, change] = useUrlState();
  const { range } = useTimeRange();
  const { tenant } = useTenantScope();
  const filters = useMemo(() => withTenant(readFilters(params), tenant), [params, tenant]);
  const query = useInfiniteQuery({
    ...tracesQuery(filters, range),
    placeholderData: keepPreviousData,
    enabled: deepLinked === undefined,
  });
  const { rows, more } = usePages(query);
  const scoped = useScopedPath();
  const open = deepLinked ?? params.get('trace');
  const at = rows.findIndex(({ id }) => id === open);
  const show = (id: string | null): void => change({ trace: id }, params.has('trace') && id ? 'replace' : 'push');
  const latest = useRef(show);
  latest.current = show;
  const onOpen = useCallback(({ id }: TraceRow) => latest.current(id), []);
  const close = (): void => (deepLinked ? void navigate(scoped('/traces')) : show(null));
  return (
    <div className="traces">
      {deepLinked ? null : (
        <TraceList
          query={query}
          rows={rows}
          filters={filters}
          open={open}
          onOpen={onOpen}
          onMore={more}
          onClose={close}
        />
      )}
      {open === null ? null : (
        <TracePanel
          id={open}
          alone={deepLinked !== undefined}
          position={at < 0 ? null : { at, of: rows.length }}
          onStep={(by) => {
            const next = rows[at + by];
            if (next) show(next.id);
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

/** The scope of the header is one of the values that may be chosen among the facets. */
const withTenant = (filters: TraceFilters, tenant: string | null): TraceFilters =>
  tenant === null || filters.facets.tenant ? filters : { ...filters, facets: { ...filters.facets, tenant: [tenant] } };
