import { useMemo } from 'react';
import { Link } from 'react-router';
import { sortRows, type Column, type Sort } from '../../../components/data-table/column';
import { DataTable } from '../../../components/data-table/data-table';
import { Money } from '../../../components/money';
import { EmptyState, FilteredEmptyState } from '../../../components/states';
import { formatCompact, formatCount, formatShare } from '../../../format/number';
import { useUrlParam, type UrlChange } from '../../../state/url-state';
import type { Usage } from '../cost.queries';
import { canFilterBy, labelOf, nameOf, nextGroup } from '../cost-groups';
import { type CostView } from '../cost-view';
import { Change } from './change';
import { dearestTraces } from './dearest-traces';
import { costRows, formatQuotient, sortValue, type CostRow } from './cost-rows';

const MOST_ROWS = 16;

interface CostTableProps {
  readonly view: CostView;
  readonly usage: Usage;
  readonly before: Usage | undefined;
  readonly onChange: (next: UrlChange) => void;
}

/** The figures of each key. Opening a row narrows everything to it, and tells apart what it is made of. */
export function CostTable({ view, usage, before, onChange }: CostTableProps) {
  const [order, setOrder] = useUrlParam('sort');
  const sort = useMemo(() => readSort(order), [order]);
  const rows = useMemo(() => sortRows(costRows(usage, before), sort, sortValue), [usage, before, sort]);
  const columns = useMemo(() => columnsOf(view, Number(usage.total.costUsd)), [view, usage]);
  if (rows.length === 0) return <Nothing view={view} onChange={onChange} />;
  const { groupBy } = view;
  const open = ({ key }: CostRow): void => {
    if (canFilterBy(key)) onChange({ [groupBy]: key, by: nextGroup(groupBy) === 'tenant' ? null : nextGroup(groupBy) });
  };
  return (
    <>
      <DataTable
        label={`Cost by ${labelOf(groupBy).toLowerCase()}`}
        rows={rows}
        columns={columns}
        rowKey={({ id }) => id}
        height={MOST_ROWS}
        keys
        sort={sort}
        onSort={({ column, descending }) => setOrder(`${descending ? '-' : ''}${column}`)}
        onOpen={open}
      />
      <p className="soft">
        A row opens what it is made of. <Link to={dearestTraces(view)}>The dearest traces of these</Link>{' '}
        {groupBy === 'tag' ? 'A request with two tags is in both; the sums above have it once. ' : ''}
        {usage.truncated ? `The dearest ${formatCount(rows.length)} are listed; the sums above are of all.` : ''}
      </p>
    </>
  );
}

function Nothing({ view: { filters }, onChange }: Pick<CostTableProps, 'view' | 'onChange'>) {
  const narrowed = Object.keys(filters).filter((name) => name !== 'tenant');
  if (narrowed.length === 0) return <EmptyState title="No requests" text="Nothing was asked for in this period." />;
  const none = Object.fromEntries(narrowed.map((name) => [name, null]));
  return <FilteredEmptyState title="No request is like this" onClear={() => onChange(none)} />;
}

function readSort(order: string | null): Sort {
  if (order === null) return { column: 'cost', descending: true };
  return { column: order.replace(/^-/, ''), descending: order.startsWith('-') };
}

function columnsOf({ groupBy }: CostView, totalUsd: number): readonly Column<CostRow>[] {
  const end = { align: 'end', sortable: true } as const;
  return [
    {
      id: 'key',
      header: labelOf(groupBy),
      track: 'minmax(110px, 2fr)',
      sortable: true,
      cell: ({ key }) => (
        <span className={canFilterBy(key) ? 'foreign cost-open' : 'soft'} title={key ?? undefined}>
          {nameOf(key, groupBy)}
        </span>
      ),
    },
    { ...end, id: 'cost', header: 'Spend', track: '92px', cell: ({ costUsd }) => <Money usd={costUsd} /> },
    {
      id: 'share',
      header: 'Share',
      track: 'minmax(60px, 1fr)',
      wide: true,
      cell: ({ costUsd }) => <Share share={totalUsd > 0 ? Number(costUsd) / totalUsd : 0} />,
    },
    { ...end, id: 'change', header: 'Change', track: '80px', cell: ({ change }) => <Change change={change} /> },
    {
      ...end,
      id: 'perThousand',
      header: '$/1k requests',
      track: '104px',
      wide: true,
      cell: ({ perThousandUsd }) => formatQuotient(perThousandUsd),
    },
    {
      ...end,
      id: 'requests',
      header: 'Requests',
      track: '84px',
      wide: true,
      cell: ({ requests }) => formatCount(requests),
    },
    {
      ...end,
      id: 'tokens',
      header: 'Tokens in → out',
      track: '124px',
      wide: true,
      cell: ({ inputTokens, outputTokens }) => `${formatCompact(inputTokens)} → ${formatCompact(outputTokens)}`,
    },
    {
      ...end,
      id: 'cache',
      header: 'Saved: cache',
      track: '96px',
      wide: true,
      cell: ({ savedUsd }) => <Money usd={savedUsd} />,
    },
    {
      ...end,
      id: 'routing',
      header: 'Saved: routing',
      track: '108px',
      wide: true,
      cell: ({ savedByRoutingUsd }) => <Money usd={savedByRoutingUsd} />,
    },
  ];
}

function Share({ share }: { readonly share: number }) {
  return (
    <span className="cost-share" title={formatShare(share)}>
      <span style={{ width: `${Math.min(1, share) * 100}%` }} />
    </span>
  );
}
