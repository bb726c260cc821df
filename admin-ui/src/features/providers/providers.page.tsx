import { useQuery } from '@tanstack/react-query';
import { providersQuery } from '../../api/queries/relay.queries';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { EmptyState } from '../../components/states';
import { useLiveInterval } from '../../state/live';
import { ProviderCard } from './provider-card';
import './providers.css';

const LOOK_MS = 5_000;

export default function ProvidersPage() {
  const query = useQuery({ ...providersQuery, refetchInterval: useLiveInterval(LOOK_MS) });
  return (
    <Page title="Providers" hint="Health, breakers, latency and limits, as the process that answers sees them.">
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title="There are no providers" text="relay.yaml names those that answer." />
          ) : (
            <div className="provider-list">
              {data.map((provider) => (
                <ProviderCard key={provider.id} provider={provider} />
              ))}
            </div>
          )
        }
      </QueryView>
    </Page>
  );
}
