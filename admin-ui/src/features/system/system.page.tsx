import { useQuery } from '@tanstack/react-query';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { useLiveInterval } from '../../state/live';
import { ConfigCard } from './config-card';
import { ProcessesCard } from './processes-card';
import { SecurityCard } from './security-card';
import { StoresCard } from './stores-card';
import { VersionCard } from './version-card';
import { WarningList } from './warning-list';
import { systemQuery } from '../../api/queries/watch.queries';
import './system.css';

/** How often the page looks, in ms. */
const PAUSE_MS = 10_000;

/** What runs, on what, and what is wrong with it. */
export default function SystemPage() {
  const query = useQuery({ ...systemQuery, refetchInterval: useLiveInterval(PAUSE_MS) });
  return (
    <Page title="System" hint="What runs, on what, and what is wrong with it">
      <QueryView query={query}>
        {(system) => (
          <div className="system-cards">
            <WarningList warnings={system.warnings} />
            <div className="system-grid">
              <VersionCard system={system} />
              <ConfigCard system={system} />
              <StoresCard system={system} />
              <SecurityCard system={system} />
            </div>
            <ProcessesCard processes={system.processes} />
          </div>
        )}
      </QueryView>
    </Page>
  );
}
