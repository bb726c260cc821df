import { useQuery } from '@tanstack/react-query';
import { policyQuery } from '../../api/queries/relay.queries';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { StatusBadge } from '../../components/status-badge';
import { TabBar, useTabs } from '../../components/tab-bar';
import type { Schemas } from '../../api/client';
import { useLiveInterval } from '../../state/live';
import { CanaryCard } from './canary/canary-card';
import { DryRunTab } from './dry-run/dry-run-tab';
import { EditorTab } from './editor/editor-tab';
import { ExplainTab } from './explain/explain-tab';
import { VersionsTab } from './versions/versions-tab';
import './policies.css';

const TABS = [
  { id: 'editor', label: 'Policy' },
  { id: 'dry-run', label: 'Dry run' },
  { id: 'explain', label: 'Explain' },
  { id: 'versions', label: 'Versions' },
] as const;

/** The guard looks once a minute. */
const CANARY_LOOK_MS = 15_000;

export default function PoliciesPage() {
  const live = useLiveInterval(CANARY_LOOK_MS);
  const overview = useQuery({
    ...policyQuery,
    refetchInterval: ({ state }) => (state.data?.canary?.status === 'running' ? live : false),
  });
  const [tab, setTab] = useTabs('tab', TABS);
  return (
    <Page title="Policies" hint={overview.data ? <InForce overview={overview.data} /> : null}>
      <QueryView query={overview}>
        {(policy) => (
          <>
            <Problems problems={policy.problems} />
            <CanaryCard overview={policy} />
            <TabBar label="Parts of policies" tabs={TABS} selected={tab} onSelect={setTab} />
            <div className="policy-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
              {tab === 'editor' ? <EditorTab overview={policy} /> : null}
              {tab === 'dry-run' ? <DryRunTab overview={policy} /> : null}
              {tab === 'explain' ? <ExplainTab overview={policy} /> : null}
              {tab === 'versions' ? <VersionsTab overview={policy} /> : null}
            </div>
          </>
        )}
      </QueryView>
    </Page>
  );
}

function InForce({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const { name, version, source, file, agree } = overview;
  return (
    <>
      <b className="foreign">
        {name}@{version}
      </b>{' '}
      is in force, from {source === 'file' ? <code className="foreign">{file.path}</code> : 'the database'}
      {agree ? null : `; the file says something else (${file.name}@${file.version})`}
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly string[] }) {
  if (problems.length === 0) return null;
  return (
    <div className="policy-problems" role="alert">
      <StatusBadge tone="bad" label="What is published is not in force in this process" />
      <ul>
        {problems.map((problem) => (
          <li key={problem} className="foreign">
            {problem}
          </li>
        ))}
      </ul>
    </div>
  );
}
