import { ActionIcon } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { keepPreviousData, useQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { ColumnChooser } from '../../../components/data-table/column-chooser';
import type { Sort } from '../../../components/data-table/column';
import { DataTable } from '../../../components/data-table/data-table';
import { useColumns } from '../../../components/data-table/use-columns';
import { SearchField } from '../../../components/search-field';
import { TimeChart } from '../../../components/time-chart/time-chart';
import { formatCompact } from '../../../format/number';
import type { Schemas } from '../../../api/client';
import { useShortcuts } from '../../../state/shortcuts';
import { useTimeRange } from '../../../state/time-range';
import { useUrlState } from '../../../state/url-state';
import { chipsOf, type TraceFilters } from '../trace-filters';
import { facetsQuery, histogramQuery, type TraceRow } from '../traces.queries';
import { FacetList } from './facet-list';
import { FilterChips } from './filter-chips';
import { ExportMenu } from './export-menu';
import { FreshPill } from './fresh-pill';
import { histogramSeries } from './histogram-series';
import { CountsFailed, Loaded, NoRows } from './list-states';
import { SummaryLine } from './summary-line';
import { TRACE_COLUMNS } from './trace-columns';
import { useFacetsShown } from './use-facets-shown';
import { WordsNote } from './words-note';
import { ViewTabs } from './view-tabs';

interface TraceListProps {
  readonly query: UseInfiniteQueryResult<InfiniteData<Schemas['TracePage']>>;
  readonly rows: readonly TraceRow[];
  readonly filters: TraceFilters;
  readonly open: string | null;
  readonly onOpen: (row: TraceRow) => void;
  readonly onMore: () => void;
  readonly onClose: () => void;
}

/** Columns that make room for the panel. */
const BESIDE_PANEL = new Set(['ttft', 'tokens', 'cost']);

const NO_HISTOGRAM = { times: [], intervalMs: 1, series: [] };

export function TraceList({ query, rows, filters, open, onOpen, onMore, onClose }: TraceListProps) {
  const [, change] = useUrlState();
  const { range, setFixed } = useTimeRange();
  const { shown, chosen, toggle } = useColumns('traces', TRACE_COLUMNS);
  const [withFacets, toggleFacets] = useFacetsShown();
  useShortcuts([{ keys: 'f', what: 'Filters', run: toggleFacets }]);
  const facets = useQuery({ ...facetsQuery(filters, range), enabled: withFacets, placeholderData: keepPreviousData });
  const counts = useQuery({ ...histogramQuery(filters, range), placeholderData: keepPreviousData });
  const histogram = useMemo(() => (counts.data ? histogramSeries(counts.data) : NO_HISTOGRAM), [counts.data]);
  const box = useRef<HTMLDivElement>(null);
  const mayMove = (): boolean =>
    !box.current?.matches(':hover') && (box.current?.lastElementChild?.scrollTop ?? 0) === 0;
  const columns = useMemo(
    () => (open === null ? shown : shown.filter(({ id }) => !BESIDE_PANEL.has(id))),
    [open === null, shown],
  );
  return (
    <>
      {withFacets && open === null ? (
        <FacetList
          facets={facets.data?.facets ?? {}}
          filters={filters}
          onChange={change}
          note={
            facets.isError ? (
              <CountsFailed what="The values" error={facets.error} onRetry={() => void facets.refetch()} />
            ) : null
          }
        />
      ) : null}
      <section className="traces-list" aria-label="Traces">
        <div className="traces-head">
          <div className="traces-title">
            <h1>Traces</h1>
            <ViewTabs filters={filters} onChange={change} />
          </div>
          <div className="traces-tools">
            <ActionIcon
              variant="default"
              size={30}
              aria-label="Filters"
              title="Filters (F)"
              aria-pressed={withFacets}
              onClick={toggleFacets}
            >
              <IconFilter size={16} />
            </ActionIcon>
            <SearchField
              value={filters.single.q ?? ''}
              placeholder="Search request id, model, error, words of messages"
              onSearch={(q) => change({ q })}
            />
            <ColumnChooser columns={TRACE_COLUMNS} chosen={chosen} toggle={toggle} />
            <ExportMenu filters={filters} range={range} />
          </div>
          <FilterChips filters={filters} onChange={change} />
          <TimeChart
            {...histogram}
            label="Traces over time"
            height={64}
            axes={false}
            format={formatCompact}
            onBrush={setFixed}
          />
          {counts.isError ? (
            <CountsFailed what="The traces" error={counts.error} onRetry={() => void counts.refetch()} />
          ) : null}
          <SummaryLine histogram={counts.data ?? null} />
          <WordsNote searched={query.data?.pages[0]?.wordsSearched} />
        </div>
        <div className="traces-rows" ref={box}>
          <FreshPill
            filters={filters}
            moving={range.kind === 'moving' && filters.single.sort === undefined}
            mayMove={mayMove}
          />
          {rows.length === 0 ? (
            <NoRows query={query} filtered={chipsOf(filters).length > 0 || filters.single.q !== undefined} />
          ) : (
            <DataTable
              label="Traces"
              rows={rows}
              columns={columns}
              rowKey={keyOf}
              selected={open}
              marked={wentWrong}
              onOpen={onOpen}
              onClose={onClose}
              onNearEnd={onMore}
              sort={sortOf(filters)}
              onSort={({ column }) => change({ sort: SORTS[column as keyof typeof SORTS] ?? null })}
              keys
            />
          )}
        </div>
        <footer className="traces-foot">
          <Loaded query={query} />
          <span>
            <kbd>J</kbd> <kbd>K</kbd> move <kbd>Enter</kbd> open
          </span>
        </footer>
      </section>
    </>
  );
}

const keyOf = ({ id }: TraceRow): string => id;
const wentWrong = ({ status }: TraceRow): boolean => status === 'error';

/** The API's orders, by the columns that they are of; the newest first needs no mention. */
const SORTS = { at: null, duration: 'slowest', cost: 'dearest' } as const;

function sortOf({ single }: TraceFilters): Sort {
  const column = { slowest: 'duration', dearest: 'cost' }[single.sort ?? ''] ?? 'at';
  return { column, descending: true };
}
