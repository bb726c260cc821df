import { useQuery } from '@tanstack/react-query';
import { queuesQuery } from '../../api/queries/relay.queries';
import { Facts } from '../../components/facts';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { ClockTime } from '../../components/relative-time';
import { EmptyState } from '../../components/states';
import { formatCount } from '../../format/number';
import { useLive, useLiveInterval } from '../../state/live';
import { totalsOf } from './queue-totals';
import { HistoryChart } from './history-chart';
import { PoolCard } from './pool-card';
import { PressureCard } from './pressure-card';
import { TenantsCard } from './tenants-card';
import './queues.css';

/** Lines move fast: so often they are looked at while live, in ms. */
const LOOK_MS = 2_000;

export default function QueuesPage() {
  const query = useQuery({ ...queuesQuery, refetchInterval: useLiveInterval(LOOK_MS) });
  return (
    <Page title="Live queues" hint={<Hint at={query.dataUpdatedAt} stale={query.isError} />}>
      <QueryView query={query}>
        {({ data: pools }) => {
          const totals = totalsOf(pools);
          if (pools.length === 0)
            return <EmptyState title="There are no providers" text="relay.yaml names those that answer." />;
          return (
            <>
              <div className="queue-totals">
                <Facts
                  facts={[
                    { name: 'In short', value: formatCount(totals.short) },
                    { name: 'In long', value: formatCount(totals.long) },
                    { name: 'Slots in use', value: `${formatCount(totals.inUse)} of ${formatCount(totals.slots)}` },
                    { name: 'Tenants waiting', value: formatCount(totals.tenants.length) },
                    { name: 'Degrading', value: totals.degrading.join(', ') || 'nobody' },
                  ]}
                />
              </div>
              <div className="queue-columns">
                <HistoryChart pools={pools} at={query.dataUpdatedAt} everyMs={LOOK_MS} />
                <PressureCard />
              </div>
              <TenantsCard pools={pools} />
              <h2 className="queue-heading">Slots by provider</h2>
              <div className="pool-grid">
                {pools.map((pool) => (
                  <PoolCard key={pool.id} pool={pool} />
                ))}
              </div>
            </>
          );
        }}
      </QueryView>
    </Page>
  );
}

function Hint({ at, stale }: { readonly at: number; readonly stale: boolean }) {
  const live = useLive();
  const when = new Date(at).toISOString();
  return (
    <>
      Who waits for a slot, and who holds the slots, in the process that answers.{' '}
      {at === 0 || (live && !stale) ? null : (
        <>
          {live ? 'Last seen' : 'Paused:'} <ClockTime at={when} />
        </>
      )}
    </>
  );
}
