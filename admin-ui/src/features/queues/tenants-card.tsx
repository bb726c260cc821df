import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { Card } from '../../components/card';
import { QueryView } from '../../components/query-view';
import { EmptyState } from '../../components/states';
import { formatCompact, formatCount, formatDecimal, formatShare } from '../../format/number';
import { useLiveInterval } from '../../state/live';
import { useScopedPath } from '../../state/scoped-path';
import { useTenantScope } from '../../state/tenant-scope';
import { fairnessIndex } from './queue-totals';
import { latelyQuery } from './queues.queries';
import { ShareBar } from './share-bar';
import { tenantRows, type TenantRow } from './tenant-rows';

const LOOK_MS = 10_000;

/** Who waits, who was served, and whether it was even by weight. */
export function TenantsCard({ pools }: { readonly pools: readonly Schemas['Pool'][] }) {
  const lately = useQuery({ ...latelyQuery, refetchInterval: useLiveInterval(LOOK_MS) });
  const { tenant } = useTenantScope();
  return (
    <QueryView query={lately}>
      {({ served, degraded, tenants }) => {
        const rows = tenantRows({ pools, tenants, served, degraded: degraded.tenant });
        const shown = tenant === null ? rows : rows.filter(({ id }) => id === tenant);
        const index = fairnessIndex(rows.map(({ tokens, weight }) => tokens / weight));
        return (
          <Card
            title="Tenants"
            hint={`Served in the last 15 min. Evenness of tokens by weight ${formatDecimal(index)}: 1 is even; less is no wrong unless somebody waits.`}
          >
            {shown.length === 0 ? (
              <EmptyState title="Nobody waits, and nobody was served" text="Tenants come here with their requests." />
            ) : (
              <Table rows={shown} />
            )}
          </Card>
        );
      }}
    </QueryView>
  );
}

const HEADS = ['Waiting', 'Weight', 'Requests', 'Tokens', 'Degraded', 'Rejected'] as const;

function Table({ rows }: { readonly rows: readonly TenantRow[] }) {
  const scoped = useScopedPath();
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Tenants">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Tenant</th>
            {HEADS.map((head) => (
              <th key={head} scope="col" className="end">
                {head}
              </th>
            ))}
            <th scope="col" className="share-column">
              Share, and fair share
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const to = (query: Record<string, string>) =>
              scoped(`/traces?${new URLSearchParams({ tenant: row.id, range: '15m', ...query })}`);
            return (
              <tr key={row.id}>
                <td className="foreign">
                  <Link to={to({})}>{row.id}</Link>
                </td>
                <td className={row.waiting > 0 ? 'end tone-warn' : 'end'}>{formatCount(row.waiting)}</td>
                <td className="end">{formatDecimal(row.weight)}</td>
                <td className="end">{formatCompact(row.requests)}</td>
                <td className="end">{formatCompact(row.tokens)}</td>
                <td className="end">
                  <Count value={row.degraded} to={to({ degraded: 'true' })} />
                </td>
                <td className="end">
                  <Count value={row.rejected} to={to({ status: 'rejected' })} />
                </td>
                <td className="share-column">
                  <ShareBar share={row.share} fairShare={row.fairShare} /> {formatShare(row.share)}{' '}
                  <span className="soft">of {formatShare(row.fairShare)}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const Count = ({ value, to }: { readonly value: number; readonly to: string }) =>
  value === 0 ? <span className="soft">0</span> : <Link to={to}>{formatCount(value)}</Link>;
