import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconMessageCode, IconReload, IconX, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { IconCopyButton } from '../../../components/icon-copy-button';
import { QueryView } from '../../../components/query-view';
import { StatusBadge } from '../../../components/status-badge';
import { useScopedPath } from '../../../state/scoped-path';
import { useShortcuts } from '../../../state/shortcuts';
import { statusOf } from '../trace-status';
import { traceQuery, type TraceDetail } from '../../../api/queries/trace.queries';
import { TraceBody } from './trace-body';
import './trace-panel.css';

interface TracePanelProps {
  readonly id: string;
  readonly alone: boolean; // at its own address, without the list beside it
  readonly position: { readonly at: number; readonly of: number } | null; // among the rows of the list
  readonly onStep: (by: number) => void;
  readonly onClose: () => void;
}

/** One request in full. */
export function TracePanel({ id, alone, position, onStep, onClose }: TracePanelProps) {
  const query = useQuery(traceQuery(id));
  useShortcuts(alone ? [{ keys: 'Escape', what: 'Back to the list', run: onClose }] : []);
  useReturnOfFocus();
  const Heading = alone ? 'h1' : 'h2';
  return (
    <section className={alone ? 'trace-panel is-alone' : 'trace-panel'} aria-label="Trace">
      <header className="panel-head">
        <Heading>
          {query.data ? <StatusBadge {...statusOf(query.data)} /> : null}
          <span className="mono one-line" title={id}>
            {id}
          </span>
        </Heading>
        <IconCopyButton text={id} what="the trace id" />
        <div className="panel-head-tools">
          {query.data ? <AskAgain trace={query.data} /> : null}
          {position ? (
            <>
              <span className="numeric">
                {position.at + 1} / {position.of}
              </span>
              <Step label="Trace before (K)" by={-1} disabled={position.at === 0} onStep={onStep} />
              <Step label="Next trace (J)" by={1} disabled={position.at === position.of - 1} onStep={onStep} />
            </>
          ) : null}
          <ActionIcon variant="subtle" color="gray" size={28} aria-label="Close" title="Close (Esc)" onClick={onClose}>
            <IconX size={17} />
          </ActionIcon>
        </div>
      </header>
      <div className="panel-scroll">
        <QueryView query={query}>{(trace) => <TraceBody key={trace.id} trace={trace} />}</QueryView>
      </div>
    </section>
  );
}

/** When the panel closes, the keyboard goes on where it was opened. */
function useReturnOfFocus(): void {
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
}

/** Where the messages are kept, the same request can be asked again as it was, or changed first. */
function AskAgain({ trace }: { readonly trace: TraceDetail }) {
  const id = encodeURIComponent(trace.id);
  const kept = trace.payload !== null;
  return (
    <>
      <Way label="Replay" icon={IconReload} to={kept ? `/playground/replay/${id}` : null} />
      <Way label="Open in playground" icon={IconMessageCode} to={kept ? `/playground?trace=${id}` : null} />
    </>
  );
}

interface WayProps {
  readonly label: string;
  readonly icon: Icon;
  readonly to: string | null; // null: there is nothing to ask
}

function Way({ label, icon: Sign, to }: WayProps) {
  const scoped = useScopedPath();
  const look = { variant: 'subtle', color: 'gray', size: 28, 'aria-label': label } as const;
  if (to === null)
    return (
      <ActionIcon {...look} disabled title={`${label}: the messages of this request are not kept.`}>
        <Sign size={17} />
      </ActionIcon>
    );
  return (
    <ActionIcon {...look} component={Link} to={scoped(to)} title={label}>
      <Sign size={17} />
    </ActionIcon>
  );
}

interface StepProps {
  readonly label: string;
  readonly by: 1 | -1;
  readonly disabled: boolean;
  readonly onStep: (by: number) => void;
}

function Step({ label, by, disabled, onStep }: StepProps) {
  const Icon = by > 0 ? IconArrowDown : IconArrowUp;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={28}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => onStep(by)}
    >
      <Icon size={16} />
    </ActionIcon>
  );
}
