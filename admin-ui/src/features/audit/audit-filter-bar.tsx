import { Autocomplete, Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { PeriodFilter } from '../../components/period-filter';
import { SearchField } from '../../components/search-field';
import { useUrlState } from '../../state/url-state';
import type { AuditFilters } from './audit.queries';

/** Kinds of actions; each has more behind a dot, which can be typed. */
const ACTIONS = [
  ...['tenant', 'key', 'key.create', 'key.rotate', 'key.revoke', 'user', 'login', 'login.failure', 'policy'],
  ...[
    'policy.publish',
    'policy.rollback',
    'policy.canary',
    'policy.canary-stop',
    'cache',
    'cache.invalidate',
    'budget',
    'alert',
    'alert-rule',
  ],
  ...['alert-channel', 'config', 'provider', 'trace'],
];
/** As the API takes them. */
const ACTION = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$/;

interface AuditFilterBarProps {
  readonly filters: AuditFilters;
  readonly onClear: (() => void) | null;
}

export function AuditFilterBar({ filters, onClear }: AuditFilterBarProps) {
  const [, change] = useUrlState();
  return (
    <div className="audit-tools">
      <SearchField
        value={filters.actor ?? ''}
        placeholder="Actor: e-mail or id"
        onSearch={(actor) => change({ actor: actor.trim() })}
      />
      <ActionField value={filters.action} onChange={(action) => change({ action })} />
      <SearchField
        slash={false}
        value={filters.target ?? ''}
        placeholder="Target: whole id"
        onSearch={(target) => change({ target: target.trim() })}
      />
      <PeriodFilter />
      {onClear ? (
        <Button variant="subtle" size="compact-xs" onClick={onClear}>
          Clear filters
        </Button>
      ) : null}
    </div>
  );
}

interface ActionFieldProps {
  readonly value: string | null;
  readonly onChange: (action: string | null) => void;
}

/** Text that is no action yet is not asked for. */
function ActionField({ value, onChange }: ActionFieldProps) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const settle = (next: string): void => {
    const action = next.trim();
    if (action === '' || ACTION.test(action)) onChange(action === '' ? null : action);
  };
  return (
    <Autocomplete
      size="xs"
      w={170}
      aria-label="Action"
      placeholder="Any action"
      data={ACTIONS}
      maxLength={64}
      value={text}
      error={text !== '' && !ACTION.test(text.trim())}
      clearable
      clearButtonProps={{ 'aria-label': 'Any action' }}
      onChange={(next) => {
        setText(next);
        if (next === '') onChange(null);
      }}
      onOptionSubmit={settle}
      onBlur={() => settle(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle(text);
      }}
    />
  );
}
