import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { QueryView } from '../../components/query-view';
import { formatDuration } from '../../format/duration';
import { formatUsd } from '../../format/money';
import { quantile } from '../../format/quantile';
import { formatBytes, formatCompact, formatCount, formatShare } from '../../format/number';
import { useLiveInterval } from '../../state/live';
import { useTenantScope } from '../../state/tenant-scope';
import { useTimeRange } from '../../state/time-range';
import { useUrlParam } from '../../state/url-state';
import type { Schemas } from '../../api/client';
import { EvidenceCard } from './evidence-card';
import { HitsChart } from './hits-chart';
import { hitTimesQuery, statsQuery, type GroupBy } from './cache.queries';

const LOOK_MS = 10_000;
const GROUPS = ['kind', 'tenant', 'model', 'rule'] as const satisfies readonly GroupBy[];

export function StatsTab() {
  const { range } = useTimeRange();
  const { tenant } = useTenantScope();
  const [named, setGroup] = useUrlParam('by');
  const groupBy = GROUPS.find((group) => group === named) ?? 'kind';
  const refetchInterval = useLiveInterval(LOOK_MS);
  const stats = useQuery({ ...statsQuery(range, tenant, groupBy), refetchInterval, placeholderData: keepPreviousData });
  const hitTimes = useQuery({ ...hitTimesQuery(range, tenant), placeholderData: keepPreviousData }).data ?? [];
  return (
    <QueryView query={stats}>
      {({ total, groups, evidence, entries, process }) => (
        <>
          <div className="cache-facts">
            <Facts
              facts={[
                { name: 'Hit rate of look-ups', value: formatShare(total.hitRate) },
                { name: 'Hits of look-ups', value: `${formatCompact(total.hits)} of ${formatCompact(total.requests)}` },
                { name: 'Saved', value: formatUsd(total.savedUsd) },
                { name: 'Spent on it', value: formatUsd(total.spentUsd) },
                { name: 'Tokens saved', value: formatCompact(total.savedTokens) },
                { name: 'Time saved', value: formatDuration(total.savedMs) },
                { name: 'A hit takes, P95', value: formatDuration(quantile(hitTimes, 0.95)) },
                { name: 'Semantic entries', value: formatCount(entries.semantic) },
                { name: 'In quarantine', value: formatCount(entries.quarantined) },
              ]}
            />
          </div>
          <HitsChart />
          <div className="cache-grid">
            <Card
              title="Requests"
              action={
                <SegmentedControl
                  size="xs"
                  aria-label="Group by"
                  data={[...GROUPS]}
                  value={groupBy}
                  onChange={setGroup}
                />
              }
            >
              <Groups groups={groups} by={groupBy} />
            </Card>
            <EvidenceCard evidence={evidence} />
            {process ? <ProcessCard process={process} /> : null}
          </div>
        </>
      )}
    </QueryView>
  );
}

function Groups({ groups, by }: { readonly groups: Schemas['CacheStats']['groups']; readonly by: GroupBy }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`By ${by}`}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{by}</th>
            <th scope="col" className="end">
              Requests
            </th>
            <th scope="col" className="end">
              Hits
            </th>
            <th scope="col" className="end">
              Rate
            </th>
            <th scope="col" className="end">
              Saved
            </th>
            <th scope="col" className="end">
              Tokens
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.key}>
              <td className="foreign">{group.key ?? 'the relay’s own'}</td>
              <td className="end">{formatCount(group.requests)}</td>
              <td className="end">{formatCount(group.hits)}</td>
              <td className="end">
                <span className="hit-share" aria-hidden="true">
                  <span style={{ width: `${group.hitRate * 100}%` }} />
                </span>{' '}
                {formatShare(group.hitRate)}
              </td>
              <td className="end">{formatUsd(group.savedUsd)}</td>
              <td className="end">{formatCompact(group.savedTokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ProcessCard({ process }: { readonly process: NonNullable<Schemas['CacheStats']['process']> }) {
  const { l1, l2 } = process;
  return (
    <Card title="Memory of this process" hint="Since it was started">
      <Facts
        facts={[
          { name: 'Entries', value: formatCount(l1.entries) },
          { name: 'Size', value: `${formatBytes(l1.bytes)} of ${formatBytes(l1.maxBytes)}` },
          { name: 'Hits', value: formatCount(l1.hits) },
          { name: 'Misses', value: formatCount(l1.misses) },
          { name: 'Evicted', value: formatCount(l1.evictions) },
          { name: 'Redis', value: l2 === null ? 'not configured' : `${formatCount(l2.hits ?? 0)} hits` },
        ]}
      />
    </Card>
  );
}
