import { SegmentedControl } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { tenantsQuery } from '../../api/queries/relay.queries';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { TabBar, useTabs } from '../../components/tab-bar';
import { useTenantScope } from '../../state/tenant-scope';
import { DifferenceTable } from './difference-table';
import { differencesOf } from './differences';
import { bodyOf, headersOf, problemOf } from './draft';
import { temporaryKey, useKeys } from './keys';
import type { KeyKind } from './key-choice';
import { LaneView, VIEWS } from './lane-view';
import { useMode } from './modes';
import { explain } from './playground.queries';
import { Replay } from './replay/replay';
import { RequestCard } from './request-card';
import { useDraft } from './use-draft';
import { useLane } from './use-lane';
import { usePrefill } from './use-prefill';
import './playground.css';

/** Something to try, or a request of the past to try again. */
export default function PlaygroundPage() {
  const { trace } = useParams();
  return trace === undefined ? <Playground /> : <Replay key={trace} id={trace} />;
}

/** Try a request: what the relay does with it, why, how fast and for how much; one model, two, or two policies. */
function Playground() {
  const { role } = useUser();
  const choice = useMode();
  const [draft, change] = useDraft();
  const note = usePrefill(draft, change);
  const { tenant, setTenant } = useChosenTenant();
  const [keyKind, setKeyKind] = useState<KeyKind>(may(role, 'manageKeys') ? 'temporary' : 'own');
  const { pasted } = useKeys();
  const [view, setView] = useTabs('view', VIEWS);
  const two = choice.mode !== 'one';
  const names = choice.mode === 'policies' ? choice.policies.map(policyName) : choice.models;
  const a = useLane(two ? `A · ${names[0]}` : (names[0] ?? ''));
  const b = useLane(`B · ${names[1]}`);
  const lanes = two ? [a, b] : [a];

  const run = (): void => {
    lanes.forEach((lane, at) => {
      const body = bodyOf(draft, choice.models[at] ?? '');
      lane.start(async () => ({
        key: keyKind === 'own' ? pasted : await temporaryKey(tenant),
        body,
        headers: headersOf(draft),
      }));
    });
    if (view === 'raw') setView('answer');
  };
  const dryRun = useMutation({
    mutationFn: () =>
      Promise.all(
        lanes.map((_, at) => {
          const policies = choice.mode === 'policies';
          const model = (policies ? choice.models[0] : choice.models[at]) ?? '';
          const policy = policies ? choice.policies[at] || null : null;
          return explain({ tenant, request: bodyOf(draft, model), headers: headersOf(draft), policy });
        }),
      ),
    onSuccess: (plans) => {
      plans.forEach((plan, at) => lanes[at]?.show(plan));
      setView('plan');
    },
  });
  const differences = two ? differencesOf(a.state, b.state) : [];
  const missing = missingOf({ tenant, key: keyKind === 'own' && choice.mode !== 'policies' ? pasted : null });

  return (
    <Page
      title="Playground"
      hint="What the relay does with a request, and why."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="What is compared"
          data={[...choice.modes]}
          value={choice.mode}
          onChange={(mode) => {
            a.clear();
            b.clear();
            choice.setMode(mode);
          }}
        />
      }
    >
      {note ? (
        <p className="prefill-note">
          <StatusBadge tone={note.tone} label={note.text} />
        </p>
      ) : null}
      <div className="playground">
        <RequestCard
          choice={choice}
          draft={draft}
          onChange={change}
          tenant={tenant}
          onTenant={setTenant}
          keyKind={keyKind}
          onKeyKind={setKeyKind}
          problem={problemOf(draft, choice.mode === 'models' ? choice.models : [choice.models[0]]) ?? missing}
          running={lanes.some(({ running }) => running)}
          explaining={dryRun.isPending}
          explainError={dryRun.error}
          onRun={run}
          onStop={() => lanes.forEach((lane) => lane.stop())}
          onExplain={() => dryRun.mutate()}
        />
        <div className="playground-results">
          <TabBar label="Parts of the result" tabs={VIEWS} selected={view} onSelect={setView} />
          <div role="tabpanel" id={`panel-${view}`} aria-labelledby={`tab-${view}`} className="result-panel">
            {differences.length > 0 ? (
              <DifferenceTable titles={[a.state.title, b.state.title]} rows={differences} />
            ) : null}
            <div className={two ? 'lanes is-two' : 'lanes'}>
              {lanes.map((lane, at) => (
                <LaneView key={at} lane={lane.state} view={view} />
              ))}
            </div>
          </div>
        </div>
      </div>
    </Page>
  );
}

/** What has to be there before anything is asked. The tenants may still be on their way, or were asked for during an outage. */
function missingOf({ tenant, key }: { readonly tenant: string; readonly key: string | null }): string | null {
  if (key === '') return 'Paste an API key first.';
  return tenant === '' && key === null ? 'Choose a tenant.' : null;
}

const policyName = (policy: string): string =>
  ({ '': 'in force', latest: 'newest', file: 'configuration file' })[policy] ?? policy;

/** The tenant of the header, or else the first one. */
function useChosenTenant() {
  const { tenant, setTenant } = useTenantScope();
  const { tenant: own } = useUser();
  const { data } = useQuery({ ...tenantsQuery, enabled: own === undefined && tenant === null });
  return { tenant: tenant ?? data?.data[0]?.id ?? '', setTenant };
}
