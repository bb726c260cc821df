import { Link } from 'react-router';
import type { Column } from '../../../components/data-table/column';
import { Money } from '../../../components/money';
import { ClockTime } from '../../../components/relative-time';
import { StatusBadge } from '../../../components/status-badge';
import { formatDuration } from '../../../format/duration';
import { formatCompact } from '../../../format/number';
import { useScopedPath } from '../../../state/scoped-path';
import { isHit, statusOf } from '../trace-status';
import type { TraceRow } from '../traces.queries';
import { StageBar } from './stage-bar';

/** Slower than this is coloured, in ms. */
const SLOW_MS = 5_000;

export const TRACE_COLUMNS: readonly Column<TraceRow>[] = [
  {
    id: 'at',
    header: 'Time',
    sortable: true,
    track: '74px',
    cell: ({ id, at }) => <TraceLink id={id} at={at} />,
  },
  { id: 'status', header: 'Status', track: 'minmax(84px, 112px)', cell: (row) => <StatusBadge {...statusOf(row)} /> },
  { id: 'tenant', header: 'Tenant', track: 'minmax(80px, 120px)', wide: true, cell: ({ tenant }) => foreign(tenant) },
  { id: 'key', header: 'Key', track: '140px', wide: true, hidden: true, cell: ({ keyId }) => foreign(keyId) },
  { id: 'model', header: 'Model', track: 'minmax(96px, 1fr)', cell: (row) => <Model {...row} /> },
  {
    id: 'endpoint',
    header: 'Endpoint',
    track: '150px',
    wide: true,
    hidden: true,
    cell: ({ endpoint }) => foreign(endpoint),
  },
  {
    id: 'provider',
    header: 'Provider',
    track: '100px',
    wide: true,
    hidden: true,
    cell: ({ provider }) => foreign(provider),
  },
  { id: 'policy', header: 'Policy', track: '110px', wide: true, hidden: true, cell: ({ policy }) => foreign(policy) },
  {
    id: 'tags',
    header: 'Tags',
    track: 'minmax(90px, 140px)',
    wide: true,
    hidden: true,
    cell: ({ tags }) => foreign(tags?.join(', ') ?? null),
  },
  { id: 'user', header: 'User', track: '110px', wide: true, hidden: true, cell: ({ user }) => foreign(user ?? null) },
  { id: 'queue', header: 'Queue', track: '64px', wide: true, hidden: true, cell: ({ queue }) => queue },
  { id: 'cache', header: 'Cache', track: '90px', wide: true, hidden: true, cell: ({ cache }) => cache },
  { id: 'stages', header: 'Stages', track: '104px', wide: true, cell: (row) => <StageBar row={row} /> },
  {
    id: 'duration',
    header: 'Duration',
    track: '70px',
    align: 'end',
    sortable: true,
    cell: ({ totalMs }) => <span className={totalMs > SLOW_MS ? 'tone-warn' : ''}>{formatDuration(totalMs)}</span>,
  },
  { id: 'ttft', header: 'TTFT', track: '66px', align: 'end', wide: true, cell: ({ ttftMs }) => formatDuration(ttftMs) },
  {
    id: 'tokens',
    header: 'Tokens',
    track: '90px',
    align: 'end',
    wide: true,
    cell: ({ inputTokens, outputTokens }) => (
      <>
        {formatCompact(inputTokens)} <span className="soft">→</span> {formatCompact(outputTokens)}
      </>
    ),
  },
  {
    id: 'cost',
    header: 'Cost',
    track: '84px',
    align: 'end',
    wide: true,
    sortable: true,
    cell: ({ cache, costUsd, savedUsd }) =>
      isHit(cache) ? (
        <span className="tone-good" title={`saved ${savedUsd ?? 'nothing known'} USD`}>
          saved
        </span>
      ) : (
        <Money usd={costUsd} />
      ),
  },
];

function TraceLink({ id, at }: Pick<TraceRow, 'id' | 'at'>) {
  const scoped = useScopedPath();
  return (
    <Link to={scoped(`/traces/${encodeURIComponent(id)}`)}>
      <ClockTime at={at} />
    </Link>
  );
}

const foreign = (text: string | null) => (
  <span className="foreign" title={text ?? ''}>
    {text ?? '–'}
  </span>
);

function Model({ model, servedModel }: Pick<TraceRow, 'model' | 'servedModel'>) {
  if (servedModel === null || servedModel === model) return foreign(model);
  return (
    <span className="foreign" title={`${model} → ${servedModel}`}>
      <span className="soft">{model} →</span> {servedModel}
    </span>
  );
}
