import { IconCloudOff, IconFilterOff, IconInbox, IconLock, IconAlertTriangle } from '@tabler/icons-react';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error';
import './states.css';

interface StateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
}

function State({ icon, title, text, actions }: StateProps) {
  return (
    <div className="state">
      <span className="state-icon" aria-hidden="true">
        {icon}
      </span>
      <p className="state-title">{title}</p>
      {text ? <p className="state-text foreign">{text}</p> : null}
      {actions ? <div className="state-actions">{actions}</div> : null}
    </div>
  );
}

/** There is nothing yet. */
export function EmptyState({ title, text, actions }: Omit<StateProps, 'icon'>) {
  return <State icon={<IconInbox size={36} stroke={1.5} />} title={title} text={text} actions={actions} />;
}

/** There is something, but the filters let none of it through. */
export function FilteredEmptyState({
  title,
  text = 'Nothing in this time range passes every filter. Widen the range or drop a filter.',
  onClear,
}: Pick<StateProps, 'title' | 'text'> & { readonly onClear: () => void }) {
  return (
    <State
      icon={<IconFilterOff size={36} stroke={1.5} />}
      title={title}
      text={text}
      actions={
        <Button variant="light" size="xs" onClick={onClear}>
          Clear filters
        </Button>
      }
    />
  );
}

interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong, in the words of the API. Forbidden is no fault, and nothing to try again. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const known = error instanceof ApiError ? error : null;
  if (known?.forbidden) return <ForbiddenState text={known.message} />;
  const Icon = known?.unreachable ? IconCloudOff : IconAlertTriangle;
  const message = error instanceof Error ? error.message : 'Something went wrong.';
  return (
    <div role="alert">
      <State
        icon={<Icon size={36} stroke={1.5} />}
        title={known?.unreachable ? 'The relay does not answer' : 'This could not be loaded'}
        text={known?.requestId ? `${message} (request ${known.requestId})` : message}
        actions={
          onRetry ? (
            <Button variant="light" size="xs" onClick={onRetry}>
              Try again
            </Button>
          ) : null
        }
      />
    </div>
  );
}

export function ForbiddenState({ text }: { readonly text?: string }) {
  return (
    <State
      icon={<IconLock size={36} stroke={1.5} />}
      title="Not for your role"
      text={text ?? 'An owner of this relay can give you a role that sees this.'}
    />
  );
}

/** Lines where text will be. */
export function SkeletonLines({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className="skeleton-lines" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton skeleton-line" />
      ))}
    </div>
  );
}
