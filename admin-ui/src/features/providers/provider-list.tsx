import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { queuesQuery } from '../../api/queries/relay.queries';
import { RelativeTime } from '../../components/relative-time';
import { Sparkline } from '../../components/sparkline';
import { StatusBadge } from '../../components/status-badge';
import { formatDuration } from '../../format/duration';
import { formatCompact, formatCount, formatShare } from '../../format/number';
import { useLiveInterval } from '../../state/live';
import { useScopedPath } from '../../state/scoped-path';
import { OverrideBadge } from './override-note';
import { latelyQuery, minutesQuery } from './providers.queries';
import { callsOf, errorRateOf, lastErrorOf, nextTryOf, overridesOf, stateOf, ttftP95Of } from './provider-state';

type Provider = Schemas['Provider'];

const LOOK_MS = 10_000;
const MINUTE_MS = 60_000;
/** Characters of what a provider said, for the title of a cell. */
const MOST_OF_A_MESSAGE = 500;
const HEADS = ['Requests', 'Errors', 'TTFT P95', 'P50', 'P95', 'Slots'] as const;

/** All providers, those that are not well first; a name leads to what is behind it. */
export function ProviderList({ providers }: { readonly providers: readonly Provider[] }) {
  const refetchInterval = useLiveInterval(LOOK_MS);
  const lately = useQuery({ ...latelyQuery, refetchInterval }).data ?? [];
  const minutes = useQuery({ ...minutesQuery, refetchInterval: useLiveInterval(MINUTE_MS) }).data?.series ?? [];
  const pools = useQuery({ ...queuesQuery, refetchInterval }).data?.data ?? [];
  const sorted = [...providers].sort((a, b) => stateOf(a).rank - stateOf(b).rank);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Providers">
      <table className="plain-table provider-table">
        <thead>
          <tr>
            <th scope="col">Provider</th>
            <th scope="col">State</th>
            <th scope="col">Last hour</th>
            {HEADS.map((head) => (
              <th key={head} scope="col" className="end">
                {head}
              </th>
            ))}
            <th scope="col">Keys</th>
            <th scope="col">Last error</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((provider) => (
            <Row
              key={provider.id}
              provider={provider}
              usage={lately.find(({ key }) => key === provider.id)}
              pool={pools.find(({ id }) => id === provider.id)}
              minutes={callsOf(minutes.find(({ key }) => key === provider.id)?.points ?? [])}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly provider: Provider;
  readonly usage: Schemas['TraceFigures'] | undefined;
  readonly pool: Schemas['Pool'] | undefined;
  readonly minutes: readonly number[];
}

function Row({ provider, usage, pool, minutes }: RowProps) {
  const scoped = useScopedPath();
  const { tone, label } = stateOf(provider);
  const { id, kind, region, keys, targets } = provider;
  const [errorRate, lastError, nextTry] = [errorRateOf(targets), lastErrorOf(targets), nextTryOf(targets)];
  return (
    <tr>
      <td>
        <Link className="strong foreign" to={scoped(`/providers/${encodeURIComponent(id)}`)}>
          {id}
        </Link>
        <div className="soft foreign">{[kind, region].filter(Boolean).join(' · ')}</div>
      </td>
      <td>
        <StatusBadge tone={tone} label={label} />
        {overridesOf(provider).map(({ target, override }) => (
          <div key={target}>
            {target === null ? null : <span className="soft foreign">{target} </span>}
            <OverrideBadge override={override} />
          </div>
        ))}
        {nextTry === null ? null : (
          <div className="soft">
            next try <RelativeTime at={nextTry} />
          </div>
        )}
      </td>
      <td>
        {minutes.length > 1 ? <Sparkline values={minutes} color="var(--series-1)" /> : <span className="soft">–</span>}
      </td>
      <td className="end">{formatCompact(usage?.requests ?? 0)}</td>
      <td className={errorRate ? 'end tone-bad' : 'end'}>{formatShare(errorRate)}</td>
      <td className="end">{formatDuration(ttftP95Of(targets))}</td>
      <td className="end">{formatDuration(usage?.latency.p50Ms)}</td>
      <td className="end">{formatDuration(usage?.latency.p95Ms)}</td>
      <td className={pool && pool.limitedBy !== 'configured' ? 'end tone-warn' : 'end'}>
        {pool ? `${formatCount(pool.inUse)} of ${formatCount(pool.poolLimit)}` : '–'}
      </td>
      <td>{keys === null ? <span className="soft">none</span> : `${keys.inService} of ${keys.total}`}</td>
      <td>
        {lastError === null ? (
          <span className="soft">none</span>
        ) : (
          <span className="foreign" title={lastError.message.slice(0, MOST_OF_A_MESSAGE)}>
            {lastError.code} {lastError.upstreamStatus}{' '}
            <span className="soft">
              <RelativeTime at={lastError.at} />
            </span>
          </span>
        )}
      </td>
    </tr>
  );
}
