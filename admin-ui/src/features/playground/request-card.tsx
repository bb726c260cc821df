import { Button } from '@mantine/core';
import { IconCode, IconPlayerPlay, IconPlayerStop, IconRoute } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { TenantSelect } from '../../components/tenant-select';
import { useAllowed } from '../../auth/can';
import { useUser } from '../../auth/use-session';
import { Card } from '../../components/card';
import { bodyOf, headersOf, type Draft } from './draft';
import { CopyDialog } from './copy-dialog';
import { KeyChoice, type KeyKind } from './key-choice';
import { MessageFields } from './message-fields';
import type { useMode } from './modes';
import { ParameterFields } from './parameter-fields';
import { ModelField, PolicyField } from './target-fields';

interface RequestCardProps {
  readonly choice: ReturnType<typeof useMode>;
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly tenant: string;
  readonly onTenant: (tenant: string) => void;
  readonly keyKind: KeyKind;
  readonly onKeyKind: (kind: KeyKind) => void;
  readonly problem: string | null; // why it cannot be sent
  readonly running: boolean;
  readonly explaining: boolean;
  readonly explainError: Error | null;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onExplain: () => void;
}

/** What is asked, as whom, with what. */
export function RequestCard(props: RequestCardProps) {
  const { choice, draft, onChange, tenant, running, problem, explainError } = props;
  const runs = choice.mode !== 'policies';
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (problem === null && !running) (runs ? props.onRun : props.onExplain)();
  };
  return (
    <Card title="Request" hint="A real call: it costs what it costs, and counts for limits and budgets of the tenant.">
      <div className="request-fields" onKeyDown={onKeyDown}>
        <div className="request-targets">
          <TenantField value={tenant} onChange={props.onTenant} />
          <Targets choice={choice} tenant={tenant} />
        </div>
        <MessageFields draft={draft} onChange={onChange} />
        <ParameterFields draft={draft} onChange={onChange} />
        {runs ? <KeyChoice tenant={tenant} kind={props.keyKind} onKind={props.onKeyKind} /> : null}
        {explainError ? (
          <p className="tone-bad foreign" role="alert">
            {explainError.message}
          </p>
        ) : null}
        {problem === null ? null : <p className="soft">{problem}</p>}
        <Actions {...props} runs={runs} />
      </div>
    </Card>
  );
}

function Targets({ choice, tenant }: Pick<RequestCardProps, 'choice' | 'tenant'>) {
  const { mode, models, policies, set } = choice;
  return (
    <>
      <ModelField
        label={mode === 'models' ? 'Model A' : 'Model'}
        tenant={tenant}
        value={models[0]}
        onChange={(value) => set('model', value)}
      />
      {mode === 'models' ? (
        <ModelField label="Model B" tenant={tenant} value={models[1]} onChange={(value) => set('modelB', value)} />
      ) : null}
      {mode === 'policies' ? (
        <>
          <PolicyField label="Policy A" value={policies[0]} onChange={(value) => set('policy', value)} />
          <PolicyField label="Policy B" value={policies[1]} onChange={(value) => set('policyB', value)} />
        </>
      ) : null}
    </>
  );
}

function TenantField({ value, onChange }: { readonly value: string; readonly onChange: (tenant: string) => void }) {
  const { tenant: own } = useUser();
  return (
    <TenantSelect
      label="Tenant"
      size="xs"
      allowDeselect={false}
      disabled={own !== undefined}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}

function Actions(props: RequestCardProps & { readonly runs: boolean }) {
  const { choice, draft, running, problem, runs } = props;
  const [copying, setCopying] = useState(false);
  const mayExplain = useAllowed('explain');
  const blocked = problem !== null;
  return (
    <div className="request-actions">
      {!runs ? null : running ? (
        <Button size="xs" color="red" leftSection={<IconPlayerStop size={15} />} onClick={props.onStop}>
          Stop
        </Button>
      ) : (
        <Button
          size="xs"
          leftSection={<IconPlayerPlay size={15} />}
          disabled={blocked}
          title={problem ?? 'Run (Ctrl or ⌘ and Enter)'}
          onClick={props.onRun}
        >
          {choice.mode === 'models' ? 'Run both' : 'Run'}
        </Button>
      )}
      <Button
        size="xs"
        variant={runs ? 'default' : 'filled'}
        leftSection={<IconRoute size={15} />}
        loading={props.explaining}
        {...mayExplain}
        disabled={mayExplain.disabled || blocked || running}
        title={mayExplain.title ?? 'What would be done, without calling anybody'}
        onClick={props.onExplain}
      >
        {runs ? 'Dry run' : 'Compare the plans'}
      </Button>
      <Button size="xs" variant="default" leftSection={<IconCode size={15} />} onClick={() => setCopying(true)}>
        Copy as…
      </Button>
      {copying ? (
        <CopyDialog
          body={bodyOf(draft, choice.models[0])}
          headers={headersOf(draft)}
          onClose={() => setCopying(false)}
        />
      ) : null}
    </div>
  );
}
