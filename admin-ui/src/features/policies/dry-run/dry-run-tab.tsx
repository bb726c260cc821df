import { Button, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Schemas } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import { Card } from '../../../components/card';
import { EmptyState, ErrorState, SkeletonLines } from '../../../components/states';
import { useTenantScope } from '../../../state/tenant-scope';
import { rangeQuery, useTimeRange } from '../../../state/time-range';
import { useDraft } from '../editor/use-draft';
import { OutcomeView } from './outcome-view';
import { outcomeOf } from './outcome';
import { useDryRun, type DryRunState } from './use-dry-run';

const COUNTS = ['20', '50', '100', '200'] as const;

/** The text of the editor tried on past requests, before anything is published. */
export function DryRunTab({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const { text, stored, version, dirty } = useDraft(overview);
  const { range } = useTimeRange();
  const { tenant } = useTenantScope();
  const [count, setCount] = useState<string>('50');
  const { state, start, cancel } = useDryRun();
  const allowed = useAllowed('explain');
  if (stored.isError) return <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />;
  if (text === undefined) return <SkeletonLines lines={6} />;
  const run = (): void => {
    const filter = { ...rangeQuery(range), ...(tenant === null ? {} : { tenant }) };
    void start({ source: text, count: Number(count), filter });
  };
  return (
    <div className="dry-run">
      <Card
        title="Try it on past requests"
        hint="Each is explained twice: by the policy in force and by the text of the editor. Nothing is called, and nothing is published."
      >
        <div className="dry-run-tools">
          <Select
            label="Past requests"
            size="xs"
            w={120}
            allowDeselect={false}
            data={COUNTS.map((value) => ({ value, label: `the last ${value}` }))}
            value={count}
            onChange={(value) => value && setCount(value)}
          />
          <Button size="xs" {...allowed} disabled={allowed.disabled || state.running} onClick={run}>
            Dry run
          </Button>
          {state.running ? (
            <Button size="xs" variant="default" onClick={cancel}>
              Cancel
            </Button>
          ) : null}
          <span className="soft">
            of the time range {tenant === null ? '' : `and the tenant ${tenant} `}above, against{' '}
            <b className="foreign">{version === 'file' ? 'the file’s policy' : version}</b>
            {dirty ? ' as changed in the editor' : ''}. Messages that are read are entered in the audit log.
          </span>
        </div>
        <Progress state={state} />
      </Card>
      <Findings state={state} />
    </div>
  );
}

function Progress({ state: { running, found, replayed, cancelled, error } }: { readonly state: DryRunState }) {
  if (error) return <ErrorState error={error} />;
  if (!running && found === null) return null;
  const done = `${replayed.length} of ${found ?? '…'}`;
  return (
    <div className="dry-run-progress" role="status">
      <progress max={found ?? 1} value={replayed.length} aria-label="Requests looked at" />
      <span className="numeric">
        {done} {running ? 'looked at' : cancelled ? 'looked at when it was cancelled' : 'looked at: done'}
      </span>
    </div>
  );
}

function Findings({ state }: { readonly state: DryRunState }) {
  const outcome = useMemo(() => outcomeOf(state.replayed), [state.replayed]);
  if (state.replayed.length > 0) return <OutcomeView outcome={outcome} />;
  if (state.found === 0)
    return <EmptyState title="No requests in this time range" text="Widen the range of the header, or send some." />;
  if (state.running) return <SkeletonLines lines={4} />;
  return (
    <EmptyState
      title="Not tried yet"
      text="What would change, how often, and for which requests stands here after a dry run. It needs requests whose messages are kept (payloadLogging)."
    />
  );
}
