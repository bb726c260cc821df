import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useAllowed } from '../../../auth/can';
import type { Column } from '../../../components/data-table/column';
import { DataTable } from '../../../components/data-table/data-table';
import { RelativeTime } from '../../../components/relative-time';
import { StatusBadge } from '../../../components/status-badge';
import { useNow } from '../../../components/use-now';
import { limitsText } from '../tenant-facts';
import type { ApiKey } from '../tenants.queries';
import { statusOfKey, whyFixed } from './key-status';

export type KeyDeed = 'edit' | 'rotate' | 'revoke';

interface KeyTableProps {
  readonly keys: readonly ApiKey[];
  readonly onNearEnd: () => void;
  readonly onDeed: (deed: KeyDeed, key: ApiKey) => void;
}

export function KeyTable({ keys, onNearEnd, onDeed }: KeyTableProps) {
  const now = useNow();
  const columns: readonly Column<ApiKey>[] = [
    {
      id: 'name',
      header: 'Name',
      track: 'minmax(90px, 1.2fr)',
      cell: ({ name }) => (
        <span className="strong foreign" title={name}>
          {name}
        </span>
      ),
    },
    {
      id: 'prefix',
      header: 'Begins with',
      track: 'minmax(96px, 1fr)',
      wide: true,
      cell: ({ prefix, id }) => (
        <code className="foreign" title={`Id ${id}`}>
          {prefix}…
        </code>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      track: '80px',
      cell: (key) => {
        const { tone, label } = statusOfKey(key, now);
        return <StatusBadge tone={tone} label={label} />;
      },
    },
    {
      id: 'scopes',
      header: 'Scopes',
      track: '170px',
      wide: true,
      cell: ({ scopes }) => <span className="foreign">{scopes.join(', ')}</span>,
    },
    {
      id: 'models',
      header: 'Models',
      track: 'minmax(80px, 1fr)',
      wide: true,
      cell: ({ models }) =>
        models === null ? (
          <span className="soft">its tenant’s</span>
        ) : (
          <span className="foreign" title={models.join(', ')}>
            {models.join(', ') || 'none'}
          </span>
        ),
    },
    {
      id: 'limits',
      header: 'Limits',
      track: 'minmax(110px, 1fr)',
      wide: true,
      cell: ({ limits }) => limitsText(limits),
    },
    {
      id: 'used',
      header: 'Last used',
      track: '80px',
      wide: true,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="soft">never</span> : <RelativeTime at={lastUsedAt} />,
    },
    {
      id: 'expires',
      header: 'Expires',
      track: '80px',
      cell: ({ expiresAt }) =>
        expiresAt === null ? <span className="soft">never</span> : <RelativeTime at={expiresAt} />,
    },
    {
      id: 'source',
      header: 'From',
      track: '72px',
      wide: true,
      cell: ({ source }) => (source === 'config' ? 'relay.yaml' : 'console'),
    },
    { id: 'actions', header: '', track: '28px', cell: (key) => <KeyMenu apiKey={key} now={now} onDeed={onDeed} /> },
  ];
  return (
    <DataTable label="Keys" rows={keys} columns={columns} rowKey={({ id }) => id} height={10} onNearEnd={onNearEnd} />
  );
}

interface KeyMenuProps {
  readonly apiKey: ApiKey;
  readonly now: number;
  readonly onDeed: KeyTableProps['onDeed'];
}

function KeyMenu({ apiKey, now, onDeed }: KeyMenuProps) {
  const allowed = useAllowed('manageKeys');
  const fixed = whyFixed(apiKey, statusOfKey(apiKey, now));
  const state = fixed === null ? allowed : { disabled: true, title: fixed };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`What can be done with ${apiKey.name}`}
          {...state}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onDeed('edit', apiKey)}>Edit…</Menu.Item>
        <Menu.Item onClick={() => onDeed('rotate', apiKey)}>Rotate…</Menu.Item>
        <Menu.Item color="red" onClick={() => onDeed('revoke', apiKey)}>
          Revoke…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
