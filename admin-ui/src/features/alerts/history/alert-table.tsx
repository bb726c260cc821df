import type { Column } from '../../../components/data-table/column';
import { DataTable } from '../../../components/data-table/data-table';
import { ClockTime } from '../../../components/relative-time';
import { StatusBadge } from '../../../components/status-badge';
import { formatDuration } from '../../../format/duration';
import { formatValue, SEVERITY_TONES, STATE_TONES } from '../alert-values';
import type { Alert } from '../alerts.queries';

const COLUMNS: readonly Column<Alert>[] = [
  { id: 'since', header: 'Since', track: '104px', cell: ({ since }) => <ClockTime at={since} /> },
  {
    id: 'state',
    header: 'State',
    track: '84px',
    cell: ({ state }) => <StatusBadge tone={STATE_TONES[state]} label={state} />,
  },
  {
    id: 'severity',
    header: 'Severity',
    track: '84px',
    wide: true,
    cell: ({ severity }) => <StatusBadge tone={SEVERITY_TONES[severity]} label={severity} />,
  },
  {
    id: 'rule',
    header: 'Rule',
    track: 'minmax(100px, 0.8fr)',
    cell: ({ rule, subject }) => (
      <>
        <span className="strong foreign">{rule}</span>
        {subject === null ? null : <span className="soft foreign"> {subject}</span>}
      </>
    ),
  },
  {
    id: 'message',
    header: 'Message',
    track: 'minmax(160px, 2fr)',
    wide: true,
    cell: ({ message }) => (
      <span className="foreign" title={message}>
        {message}
      </span>
    ),
  },
  {
    id: 'peak',
    header: 'Worst',
    track: '96px',
    align: 'end',
    wide: true,
    cell: ({ peak, unit }) => formatValue(peak, unit),
  },
  {
    id: 'lasted',
    header: 'Lasted',
    track: '84px',
    align: 'end',
    wide: true,
    cell: ({ since, resolvedAt }) =>
      resolvedAt === null ? (
        <span className="soft">goes on</span>
      ) : (
        formatDuration(Date.parse(resolvedAt) - Date.parse(since))
      ),
  },
];

interface AlertTableProps {
  readonly alerts: readonly Alert[];
  readonly open: string | null;
  readonly onOpen: (alert: Alert) => void;
  readonly onNearEnd: () => void;
}

export function AlertTable({ alerts, open, onOpen, onNearEnd }: AlertTableProps) {
  return (
    <DataTable
      label="History"
      rows={alerts}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      selected={open}
      height={16}
      keys
      marked={({ state }) => state === 'firing'}
      onOpen={onOpen}
      onNearEnd={onNearEnd}
    />
  );
}
