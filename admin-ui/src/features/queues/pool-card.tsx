import type { ReactNode } from 'react';
import { Card } from '../../components/card';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { formatCount } from '../../format/number';
import type { Schemas } from '../../api/client';

type Pool = Schemas['Pool'];

const LIMITED_BY = {
  configured: 'as configured',
  adaptive: 'lowered: streams are slow',
  'rate-limited': 'lowered: the provider answers 429',
} as const satisfies Record<Pool['limitedBy'], string>;

export function PoolCard({ pool }: { readonly pool: Pool }) {
  const { id, inUse, limit, poolLimit, configured, waiting, waitingByLevel, tenants, held, degrading, processes } =
    pool;
  const busy = poolLimit === 0 ? 0 : inUse / poolLimit;
  return (
    <Card
      title={id}
      hint={`${formatCount(poolLimit)} of ${formatCount(configured)} slots, ${LIMITED_BY[pool.limitedBy]}`}
      action={degrading ? <StatusBadge tone="warn" label="degrading" /> : <StatusBadge tone="good" label="well" />}
    >
      <div className="slots" role="img" aria-label={`${inUse} of ${poolLimit} slots in use`}>
        <span className="slots-used" style={{ width: `${Math.min(100, busy * 100)}%` }} />
      </div>
      <table className="plain-table">
        <tbody>
          <Line name="Slots in use">
            {formatCount(inUse)} of {formatCount(limit)} in this process
            {processes > 1 ? `, ${processes} processes` : ''}
          </Line>
          <Line name="Waiting">
            {formatCount(waiting.short)} short, {formatCount(waiting.long)} long
          </Line>
          <Line name="By level">
            {formatCount(waitingByLevel.interactive)} interactive, {formatCount(waitingByLevel.standard)} standard,{' '}
            {formatCount(waitingByLevel.batch)} batch
          </Line>
          {held.map(({ model, until }) => (
            <Line key={model} name="Held back">
              <span className="foreign">{model}</span> <RelativeTime at={until} />
            </Line>
          ))}
        </tbody>
      </table>
      {tenants.length > 0 ? <Tenants tenants={tenants} /> : <p className="soft queue-nobody">Nobody waits.</p>}
    </Card>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <tr>
      <td className="soft">{name}</td>
      <td className="end">{children}</td>
    </tr>
  );
}

function Tenants({ tenants }: { readonly tenants: Pool['tenants'] }) {
  const most = Math.max(1, ...tenants.map(({ waiting }) => waiting));
  return (
    <ul className="queue-tenants" aria-label="Waiting by tenant">
      {tenants.map(({ id, waiting }) => (
        <li key={id}>
          <span className="foreign one-line">{id}</span>
          <span className="queue-bar" style={{ width: `${(waiting / most) * 100}%` }} />
          <span className="numeric">{formatCount(waiting)}</span>
        </li>
      ))}
    </ul>
  );
}
