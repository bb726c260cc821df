import { Button, Checkbox } from '@mantine/core';
import { IconMessageCode, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { traceQuery, type TraceDetail } from '../../../api/queries/trace.queries';
import { may } from '../../../auth/roles';
import { useUser } from '../../../auth/use-session';
import { Card } from '../../../components/card';
import { Page } from '../../../components/page';
import { QueryView } from '../../../components/query-view';
import { EmptyState } from '../../../components/states';
import { TabBar, useTabs } from '../../../components/tab-bar';
import { useScopedPath } from '../../../state/scoped-path';
import { DifferenceTable } from '../difference-table';
import { differencesOf } from '../differences';
import { KeyChoice, type KeyKind } from '../key-choice';
import { temporaryKey, useKeys } from '../keys';
import { LaneView, VIEWS } from '../lane-view';
import { ModelField } from '../target-fields';
import { useLane } from '../use-lane';
import { pastLane, replayOf, whyNotReplayed } from './past-answer';

/** A request of the past, asked again as it was, and its new answer beside the old one. */
export function Replay({ id }: { readonly id: string }) {
  const query = useQuery(traceQuery(id));
  return (
    <Page title="Replay" hint="A past request once more: what the relay does with it now, beside what it did then.">
      <QueryView query={query}>{(trace) => <Beside trace={trace} />}</QueryView>
    </Page>
  );
}

function Beside({ trace }: { readonly trace: TraceDetail }) {
  const why = whyNotReplayed(trace);
  const [view, setView] = useTabs('view', VIEWS);
  const now = useLane('Now');
  const past = pastLane(trace);
  const differences = now.state.answer === null ? [] : differencesOf(past, now.state);
  if (why !== null) return <EmptyState title="This request cannot be asked again" text={why} />;
  return (
    <div className="playground">
      <Ask trace={trace} lane={now} />
      <div className="playground-results">
        <TabBar label="Parts of the result" tabs={VIEWS} selected={view} onSelect={setView} />
        <div role="tabpanel" id={`panel-${view}`} aria-labelledby={`tab-${view}`} className="result-panel">
          {differences.length > 0 ? (
            <DifferenceTable titles={[past.title, now.state.title]} rows={differences} />
          ) : null}
          <div className="lanes is-two">
            <LaneView lane={past} view={view} />
            <LaneView lane={now.state} view={view} nothing="Replay sends the same request to the relay once more." />
          </div>
        </div>
      </div>
    </div>
  );
}

/** Of which model, with which key, and whether the cache may answer: without it, what comes is new. */
function Ask({ trace, lane }: { readonly trace: TraceDetail; readonly lane: ReturnType<typeof useLane> }) {
  const tenant = trace.tenant ?? '';
  const scoped = useScopedPath();
  const [model, setModel] = useState(trace.model ?? 'auto');
  const [fresh, setFresh] = useState(true);
  const [keyKind, setKeyKind] = useState<KeyKind>(may(useUser().role, 'manageKeys') ? 'temporary' : 'own');
  const { pasted } = useKeys();
  const problem =
    model.trim() === '' ? 'Name a model.' : keyKind === 'own' && pasted === '' ? 'Paste an API key first.' : null;
  const run = (): void =>
    lane.start(async () => {
      const { body, headers } = replayOf(trace, model.trim());
      return {
        key: keyKind === 'own' ? pasted : await temporaryKey(tenant),
        body,
        headers: fresh ? { ...headers, 'cache-control': 'no-cache' } : headers,
      };
    });
  return (
    <Card
      title="Ask again"
      hint="A real call: it costs what it costs, and counts for limits and budgets of the tenant."
    >
      <div className="request-fields">
        <p className="soft">
          The request of{' '}
          <Link className="mono" to={scoped(`/traces/${encodeURIComponent(trace.id)}`)}>
            {trace.id}
          </Link>{' '}
          for <b className="foreign">{tenant}</b>, with all of its messages, tools and settings. What was redacted when
          it was kept stays redacted.
        </p>
        <ModelField label="Model" tenant={tenant} value={model} onChange={setModel} />
        <Checkbox
          size="xs"
          label="Not from the cache"
          checked={fresh}
          onChange={({ currentTarget }) => setFresh(currentTarget.checked)}
        />
        <KeyChoice tenant={tenant} kind={keyKind} onKind={setKeyKind} />
        {problem === null ? null : <p className="soft">{problem}</p>}
        <div className="request-actions">
          {lane.running ? (
            <Button size="xs" color="red" leftSection={<IconPlayerStop size={15} />} onClick={lane.stop}>
              Stop
            </Button>
          ) : (
            <Button size="xs" leftSection={<IconPlayerPlay size={15} />} disabled={problem !== null} onClick={run}>
              Replay
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconMessageCode size={15} />}
            component={Link}
            to={scoped(`/playground?${new URLSearchParams({ trace: trace.id })}`)}
          >
            Change it first
          </Button>
        </div>
      </div>
    </Card>
  );
}
