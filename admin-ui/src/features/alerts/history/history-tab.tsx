import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { firingQuery } from '../../../api/queries/watch.queries';
import { EmptyState, ErrorState, FilteredEmptyState, SkeletonLines } from '../../../components/states';
import { usePages } from '../../../components/use-pages';
import { useLiveInterval } from '../../../state/live';
import { usePeriod } from '../../../state/period';
import { useUrlState } from '../../../state/url-state';
import { historyQuery, latestQuery, readAlertFilters, type Alert } from '../alerts.queries';
import { AlertDialog } from './alert-dialog';
import { AlertFilterBar } from './alert-filter-bar';
import { AlertTable } from './alert-table';
import { FiringCard } from './firing-card';

/** Rules are looked at once a minute; so often the list is read, in ms. */
const PAUSE_MS = 15_000;
const NO_FILTERS = { state: null, severity: null, rule: null, period: null, after: null, before: null };

/** What fires now, and below it all that ever did. */
export function HistoryTab() {
  const [params, change] = useUrlState();
  const filters = useMemo(() => readAlertFilters(params), [params]);
  const period = usePeriod();
  const query = useInfiniteQuery({ ...historyQuery(filters, period), refetchInterval: useLiveInterval(PAUSE_MS) });
  const { rows, more } = usePages(query);
  const filtered = period.kind !== 'any' || Object.values(filters).some((value) => value !== null);
  const open = params.get('alert');
  const shown = useAlert(rows, open);
  const show = (id: string | null): void => change({ alert: id }, id === null ? 'replace' : 'push');
  return (
    <>
      <FiringCard onOpen={({ id }) => show(id)} />
      <AlertFilterBar filters={filters} onClear={filtered ? () => change(NO_FILTERS) : null} />
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={8} /> : null}
      {query.isSuccess && rows.length === 0 ? (
        filtered ? (
          <FilteredEmptyState
            title="No such alert"
            text="No alert passes every filter. Drop one."
            onClear={() => change(NO_FILTERS)}
          />
        ) : (
          <EmptyState title="Nothing ever fired" text="Rules are looked at once a minute." />
        )
      ) : null}
      {rows.length > 0 ? <AlertTable alerts={rows} open={open} onOpen={({ id }) => show(id)} onNearEnd={more} /> : null}
      {shown ? <AlertDialog alert={shown} onClose={() => show(null)} /> : null}
    </>
  );
}

/** The alert that the address names: of the list, else of those that fire, else of the latest of all, whatever the filters are. */
function useAlert(rows: readonly Alert[], named: string | null): Alert | null {
  const listed = (alerts: readonly Alert[] | undefined): Alert | undefined => alerts?.find(({ id }) => id === named);
  const missing = named !== null && !listed(rows);
  const firing = useQuery({ ...firingQuery, enabled: missing }).data?.data;
  const latest = useQuery({ ...latestQuery, enabled: missing && firing !== undefined && !listed(firing) }).data?.data;
  return listed(rows) ?? listed(firing) ?? listed(latest) ?? null;
}
