import { useQuery } from '@tanstack/react-query';
import { queuesQuery } from '../../api/queries/relay.queries';
import { Facts } from '../../components/facts';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { EmptyState } from '../../components/states';
import { formatCount, formatDecimal } from '../../format/number';
import { useLiveInterval } from '../../state/live';
import { fairnessIndex, totalsOf } from './queue-totals';
import { PoolCard } from './pool-card';
import './queues.css';

/** Lines move fast: so often they are looked at while live, in ms. */
const LOOK_MS = 2_000;

export default function QueuesPage() {
  const query = useQuery({ ...queuesQuery, refetchInterval: useLiveInterval(LOOK_MS) });
  return (
    <Page
      title="Live queues"
      hint="Who waits for a slot, and who holds the slots. Figures of the process that answers."
    >
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
                    {
                      name: 'Evenness of waiting',
                      value: formatDecimal(fairnessIndex(totals.tenants.map(({ waiting }) => waiting))),
                    },
                    { name: 'Degrading', value: totals.degrading.join(', ') || 'nobody' },
                  ]}
                />
              </div>
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
