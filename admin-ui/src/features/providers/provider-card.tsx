import type { Schemas } from '../../api/client';
import { Card } from '../../components/card';
import { StatusBadge } from '../../components/status-badge';
import { formatDuration } from '../../format/duration';
import { formatCount } from '../../format/number';
import { ResetBreakers } from './reset-breakers';
import { TargetTable } from './target-table';

type Provider = Schemas['Provider'];

export function ProviderCard({ provider }: { readonly provider: Provider }) {
  const { id, kind, region, baseUrl, limits, keys, rttMs, targets } = provider;
  const broken = targets.filter(({ breaker }) => breaker !== 'closed');
  const facts = [
    kind,
    region,
    baseUrl,
    `${formatCount(limits.concurrency)} calls at a time`,
    limits.requestsPerMinute === null ? null : `${formatCount(limits.requestsPerMinute)} requests/min`,
    limits.tokensPerMinute === null ? null : `${formatCount(limits.tokensPerMinute)} tokens/min`,
    rttMs === null ? null : `round trip ${formatDuration(rttMs)}`,
    keys === null ? null : `${keys.inService} of ${keys.total} keys in service`,
  ];
  return (
    <Card
      title={id}
      hint={<span className="foreign">{facts.filter((fact) => fact !== null).join(' · ')}</span>}
      action={
        <div className="provider-tools">
          {broken.length === 0 ? (
            <StatusBadge tone="good" label="well" />
          ) : (
            <StatusBadge tone="warn" label={`${broken.length} of ${targets.length} not well`} />
          )}
          {broken.length > 0 ? <ResetBreakers provider={id} /> : null}
        </div>
      }
    >
      <TargetTable provider={id} targets={targets} />
    </Card>
  );
}
