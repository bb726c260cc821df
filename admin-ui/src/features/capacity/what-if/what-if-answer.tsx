import { Card } from '../../../components/card';
import { StatusBadge } from '../../../components/status-badge';
import { formatDuration } from '../../../format/duration';
import { formatUsd } from '../../../format/money';
import { formatCount, formatDecimal, formatShare } from '../../../format/number';
import type { WhatIfReply } from '../capacity.queries';
import { LimitBar } from '../forecasts-card';
import { formatLimit, LIMITS } from '../limits';
import { formatWait } from '../pool-card';

const SOURCES = {
  fit: 'fitted to requests of the range',
  mean: 'mean of the range',
  none: 'nothing is known of this pool yet',
} as const;

export function WhatIfAnswer({ answer }: { readonly answer: WhatIfReply }) {
  const { firstMet, monthlyUsd, pools, limits } = answer;
  return (
    <>
      <Card
        title="Before and after"
        hint={monthlyUsd === null ? 'No price is known' : `${formatUsd(monthlyUsd)} a month, without the cache`}
      >
        <p>
          {firstMet === null ? (
            <StatusBadge tone="good" label="Every limit holds" />
          ) : (
            <StatusBadge tone="bad" label={`Met first: ${LIMITS[firstMet].toLowerCase()}`} />
          )}
        </p>
        {pools.map((pool) => (
          <PoolTable key={pool.id} pool={pool} />
        ))}
      </Card>
      <Card title="Limits" hint="The fullest afterwards first; the mark is where it stands before">
        {limits.length === 0 ? <p className="soft">No limit is touched.</p> : <LimitTable limits={limits} />}
      </Card>
    </>
  );
}

function PoolTable({ pool }: { readonly pool: WhatIfReply['pools'][number] }) {
  const { id, slots, addedPerSecond, serviceMs, serviceFrom, before, after } = pool;
  type Load = NonNullable<typeof before>;
  const shown = (load: typeof before, textOf: (known: Load) => string): string => (load ? textOf(load) : '–');
  const rows: readonly (readonly [string, (load: Load) => string])[] = [
    ['Requests', ({ requestsPerSecond }) => `${formatDecimal(requestsPerSecond)}/s`],
    ['Busy', ({ utilisation }) => formatShare(utilisation)],
    ['A slot is held', (load) => formatDuration(load.serviceMs)],
    ['Predicted wait, mean', ({ predictedWaitMs }) => formatWait(predictedWaitMs.mean)],
    ['Predicted wait, P90', ({ predictedWaitMs }) => formatWait(predictedWaitMs.p90)],
    ['Headroom', ({ headroomPerSecond }) => `${formatDecimal(headroomPerSecond)}/s`],
  ];
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Pool ${id}`}>
      <table className="plain-table">
        <caption className="what-if-pool soft">
          <b className="foreign">{id}</b> · {formatCount(slots)} slots · {formatDecimal(addedPerSecond)} req/s more, of{' '}
          {serviceMs === null ? '–' : formatDuration(serviceMs)} each ({SOURCES[serviceFrom]})
        </caption>
        <thead>
          <tr>
            <th scope="col">Busiest hour</th>
            <th scope="col" className="end">
              Before
            </th>
            <th scope="col" className="end">
              After
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, textOf]) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="end">{shown(before, textOf)}</td>
              <td className="end strong">{shown(after, textOf)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LimitTable({ limits }: Pick<WhatIfReply, 'limits'>) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Limits">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Limit</th>
            <th scope="col">Of</th>
            <th scope="col">After</th>
            <th scope="col" className="end">
              Before → after
            </th>
            <th scope="col" className="end">
              At most
            </th>
            <th scope="col" className="end">
              State
            </th>
          </tr>
        </thead>
        <tbody>
          {limits.map(({ limit, id, before, after, max, exceeded }) => (
            <tr key={`${limit} ${id}`}>
              <td>{LIMITS[limit]}</td>
              <td className="foreign">{id}</td>
              <td>
                <LimitBar now={after} max={max} before={before} />
              </td>
              <td className="end">
                {formatLimit(limit, before)} → {formatLimit(limit, after)}
              </td>
              <td className="end">{formatLimit(limit, max)}</td>
              <td className="end">
                {exceeded ? <StatusBadge tone="bad" label="passed" /> : <StatusBadge tone="good" label="holds" />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
