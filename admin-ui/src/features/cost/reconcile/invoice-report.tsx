import type { Column } from '../../../components/data-table/column';
import { DataTable } from '../../../components/data-table/data-table';
import { Facts } from '../../../components/facts';
import { Money } from '../../../components/money';
import { EmptyState } from '../../../components/states';
import { StatusBadge } from '../../../components/status-badge';
import { formatCompact, formatCount, formatShare } from '../../../format/number';
import { shareOf, STATES, type Difference, type Reconciliation } from './invoice';

const MOST_ROWS = 18;
const pair = (invoice: number | null | undefined, traces: number | null | undefined): string =>
  `${formatCompact(invoice)} / ${formatCompact(traces)}`;

const COLUMNS: readonly Column<Difference>[] = [
  { id: 'day', header: 'Day', track: '88px', cell: ({ day }) => day ?? 'all' },
  {
    id: 'model',
    header: 'Model',
    track: 'minmax(96px, 1fr)',
    cell: ({ model }) => <span className="foreign">{model ?? 'all'}</span>,
  },
  { id: 'state', header: 'State', track: '104px', wide: true, cell: ({ state }) => <StatusBadge {...STATES[state]} /> },
  {
    id: 'invoice',
    header: 'Invoice',
    track: '76px',
    align: 'end',
    wide: true,
    cell: ({ invoice }) => <Money usd={invoice?.usd ?? null} />,
  },
  {
    id: 'traces',
    header: 'Traces',
    track: '76px',
    align: 'end',
    wide: true,
    cell: ({ traces }) => <Money usd={traces?.usd ?? null} />,
  },
  {
    id: 'difference',
    header: 'Difference',
    track: '96px',
    align: 'end',
    cell: ({ differenceUsd }) => <Money usd={differenceUsd} />,
  },
  { id: 'share', header: 'Share', track: '64px', align: 'end', cell: (row) => formatShare(shareOf(row)) },
  {
    id: 'requests',
    header: 'Requests in both',
    track: '112px',
    align: 'end',
    wide: true,
    cell: ({ invoice, traces }) => pair(invoice?.requests, traces?.requests),
  },
];

export function InvoiceReport({ report }: { readonly report: Reconciliation }) {
  const { total, groups, shape, lines, skipped, columns, unpricedRequests, truncated } = report;
  return (
    <>
      <div className="invoice-facts">
        <Facts
          facts={[
            { name: 'Invoice', value: <Money usd={total.invoice.usd} /> },
            { name: 'Traces', value: <Money usd={total.traces.usd} /> },
            { name: 'Difference', value: <Money usd={total.differenceUsd} /> },
            { name: 'Share', value: formatShare(shareOf(total)) },
            { name: 'Lines read', value: formatCount(lines) },
            { name: 'Outside of the days', value: formatCount(skipped) },
          ]}
        />
      </div>
      <div className="invoice-notes soft">
        <p className="foreign">
          Read as {shape}:{' '}
          {Object.entries(columns)
            .map(([what, from]) => `${what} from “${from}”`)
            .join(', ')}
        </p>
        {unpricedRequests > 0 ? (
          <p className="tone-warn">{formatCount(unpricedRequests)} requests have no known price and are in no sum.</p>
        ) : null}
        {truncated ? <p className="tone-warn">Only the largest differences are listed; the sums are of all.</p> : null}
      </div>
      {groups.length === 0 ? (
        <EmptyState title="Nothing to compare" text="Neither the invoice nor the traces have anything in these days." />
      ) : (
        <DataTable
          label="Differences"
          rows={groups}
          columns={COLUMNS}
          rowKey={({ day, model }) => `${day} ${model}`}
          height={MOST_ROWS}
          marked={({ state }) => state === 'invoice-only'}
        />
      )}
    </>
  );
}
