import type { Column } from '../../components/data-table/column';
import { DataTable } from '../../components/data-table/data-table';
import { ClockTime } from '../../components/relative-time';
import { summaryOf } from './audit-changes';
import type { AuditEntry } from './audit.queries';

/** What refuses or takes away is marked. */
const GRAVE = /(failure|revoke|disable|delete|remove|breakers-reset|override)$/;

const COLUMNS: readonly Column<AuditEntry>[] = [
  { id: 'seq', header: 'No.', track: '52px', align: 'end', wide: true, cell: ({ seq }) => seq },
  { id: 'at', header: 'Time', track: '104px', cell: ({ at }) => <ClockTime at={at} /> },
  {
    id: 'actor',
    header: 'Actor',
    track: 'minmax(90px, 1fr)',
    cell: ({ actor }) => (
      <span className="foreign" title={`${actor.email} (${actor.id})`}>
        {actor.email || <span className="soft">nobody</span>}
      </span>
    ),
  },
  {
    id: 'action',
    header: 'Action',
    track: 'minmax(104px, 0.8fr)',
    cell: ({ action }) => <span className={GRAVE.test(action) ? 'strong tone-warn' : 'strong'}>{action}</span>,
  },
  {
    id: 'target',
    header: 'Target',
    track: 'minmax(100px, 1fr)',
    wide: true,
    cell: ({ target }) => (
      <span className="mono foreign" title={target}>
        {target}
      </span>
    ),
  },
  {
    id: 'detail',
    header: 'Detail',
    track: 'minmax(140px, 2fr)',
    wide: true,
    cell: ({ detail }) => <span className="soft foreign">{summaryOf(detail)}</span>,
  },
];

interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  readonly open: string | null;
  readonly onOpen: (entry: AuditEntry) => void;
  readonly onNearEnd: () => void;
}

export function AuditTable({ entries, open, onOpen, onNearEnd }: AuditTableProps) {
  return (
    <DataTable
      label="Audit log"
      rows={entries}
      columns={COLUMNS}
      rowKey={({ seq }) => String(seq)}
      selected={open}
      height={22}
      keys
      onOpen={onOpen}
      onNearEnd={onNearEnd}
    />
  );
}
