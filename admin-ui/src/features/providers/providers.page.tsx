import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { providersQuery } from '../../api/queries/relay.queries';
import { Card } from '../../components/card';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { EmptyState } from '../../components/states';
import { useLiveInterval } from '../../state/live';
import { useScopedPath } from '../../state/scoped-path';
import { ProviderDrawer } from './provider-drawer';
import { ProviderList } from './provider-list';
import './providers.css';

const LOOK_MS = 5_000;

export default function ProvidersPage() {
  const query = useQuery({ ...providersQuery, refetchInterval: useLiveInterval(LOOK_MS) });
  const { id } = useParams();
  const navigate = useNavigate();
  const scoped = useScopedPath();
  return (
    <Page title="Providers" hint="Health, breakers, latency and limits, as the process that answers sees them.">
      <QueryView query={query}>
        {({ data }) => (
          <>
            {data.length === 0 ? (
              <EmptyState title="There are no providers" text="relay.yaml names those that answer." />
            ) : (
              <Card
                title="All providers"
                hint="Requests that it was called for in the last 15 min, and what they took. Errors and TTFT (of the slowest model) are of its calls in the last 5 to 10 min."
              >
                <ProviderList providers={data} />
              </Card>
            )}
            {id === undefined ? null : (
              <ProviderDrawer
                id={id}
                provider={data.find((provider) => provider.id === id)}
                onClose={() => void navigate(scoped('/providers'))}
              />
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}
