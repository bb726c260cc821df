import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useUser } from '../../auth/use-session';
import type { Column } from '../../components/data-table/column';
import { DataTable } from '../../components/data-table/data-table';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { whyKept } from './last-owner';
import type { UserDeed } from './user-dialog';
import { ownersQuery, type ManagedUser } from './users.queries';

interface UserTableProps {
  readonly users: readonly ManagedUser[];
  readonly onNearEnd: () => void;
  readonly onDeed: (deed: UserDeed, user: ManagedUser) => void;
}

export function UserTable({ users, onNearEnd, onDeed }: UserTableProps) {
  const { id: own } = useUser();
  const columns: readonly Column<ManagedUser>[] = [
    {
      id: 'email',
      header: 'E-mail',
      track: 'minmax(140px, 2fr)',
      cell: ({ email, id }) => (
        <>
          <span className="strong foreign" title={email}>
            {email}
          </span>
          {id === own ? <span className="soft"> you</span> : null}
        </>
      ),
    },
    { id: 'role', header: 'Role', track: '96px', cell: ({ role }) => role },
    {
      id: 'tenant',
      header: 'Tenant',
      track: 'minmax(90px, 1fr)',
      wide: true,
      cell: ({ tenant }) =>
        tenant === null ? <span className="soft">all</span> : <span className="foreign">{tenant}</span>,
    },
    {
      id: 'status',
      header: 'Status',
      track: '84px',
      wide: true,
      cell: ({ disabledAt }) =>
        disabledAt === null ? <StatusBadge tone="good" label="active" /> : <StatusBadge tone="bad" label="disabled" />,
    },
    {
      id: 'created',
      header: 'Made',
      track: '90px',
      wide: true,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    { id: 'actions', header: '', track: '28px', cell: (user) => <UserMenu user={user} onDeed={onDeed} /> },
  ];
  return (
    <DataTable
      label="Users"
      rows={users}
      columns={columns}
      rowKey={({ id }) => id}
      height={16}
      keys
      onOpen={(user) => onDeed('change', user)}
      onNearEnd={onNearEnd}
      marked={({ disabledAt }) => disabledAt !== null}
    />
  );
}

function UserMenu({ user, onDeed }: { readonly user: ManagedUser; readonly onDeed: UserTableProps['onDeed'] }) {
  const kept = whyKept(user, useQuery(ownersQuery).data);
  const off = kept === null ? {} : { disabled: true, title: kept };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={24} aria-label={`What can be done with ${user.email}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {kept === null ? null : <Menu.Label className="menu-reason">{kept}</Menu.Label>}
        <Menu.Item {...off} onClick={() => onDeed('change', user)}>
          Role and tenant…
        </Menu.Item>
        <Menu.Item onClick={() => onDeed('password', user)}>Reset the password…</Menu.Item>
        <Menu.Item onClick={() => onDeed('sessions', user)}>End all sessions…</Menu.Item>
        <Menu.Item {...off} onClick={() => onDeed('disable', user)}>
          {user.disabledAt === null ? 'Disable…' : 'Enable…'}
        </Menu.Item>
        <Menu.Item color="red" {...off} onClick={() => onDeed('remove', user)}>
          Remove…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
