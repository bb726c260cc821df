import { Button, Select } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Role } from '../../auth/roles';
import { Page } from '../../components/page';
import { SearchField } from '../../components/search-field';
import { ErrorState, FilteredEmptyState, SkeletonLines } from '../../components/states';
import { usePages } from '../../components/use-pages';
import { useTenantScope } from '../../state/tenant-scope';
import { useUrlState } from '../../state/url-state';
import { CreateUserDialog } from './create-user';
import { ROLE_TEXTS } from './last-owner';
import { UserDialog, type UserDeed } from './user-dialog';
import { UserTable } from './user-table';
import { usersQuery, type ManagedUser } from './users.queries';
import './users.css';

const ROLES = Object.keys(ROLE_TEXTS) as Role[];

export default function UsersPage() {
  const [params, change] = useUrlState();
  const { tenant } = useTenantScope();
  const [creating, setCreating] = useState(false);
  const [open, setOpen] = useState<{ readonly user: ManagedUser; readonly deed: UserDeed } | null>(null);
  const role = ROLES.find((name) => name === params.get('role')) ?? null;
  const q = params.get('q') ?? '';
  const query = useInfiniteQuery(usersQuery(role, tenant));
  const { rows, more } = usePages(query);
  useEffect(() => {
    if (q !== '') more(); // what is searched for may be on a page that was not fetched yet
  }, [q, rows, more]);
  const found = rows.filter(({ email }) => email.toLowerCase().includes(q.toLowerCase()));
  return (
    <Page
      title="Users & roles"
      hint="Who logs in to this console, and what each may"
      actions={
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)}>
          New user
        </Button>
      }
    >
      <div className="list-tools">
        <SearchField value={q} placeholder="Search e-mail" onSearch={(text) => change({ q: text })} />
        <Select
          size="xs"
          w={150}
          aria-label="Role"
          placeholder="Any role"
          data={ROLES}
          value={role}
          clearable
          clearButtonProps={{ 'aria-label': 'Any role' }}
          onChange={(next) => change({ role: next })}
        />
        {tenant === null ? null : <span className="soft foreign">of the tenant {tenant}</span>}
      </div>
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={8} /> : null}
      {query.isSuccess && found.length === 0 && !query.isFetchingNextPage ? (
        <FilteredEmptyState
          title="No such user"
          text="No user passes every filter. Drop one."
          onClear={() => change({ q: null, role: null, tenant: null })}
        />
      ) : null}
      {found.length > 0 ? (
        <UserTable users={found} onNearEnd={more} onDeed={(deed, user) => setOpen({ deed, user })} />
      ) : null}
      <RoleHelp />
      {creating ? <CreateUserDialog onClose={() => setCreating(false)} /> : null}
      {open ? <UserDialog {...open} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}

function RoleHelp() {
  return (
    <dl className="role-help">
      {ROLES.map((role) => (
        <div key={role}>
          <dt>{role}</dt>
          <dd>{ROLE_TEXTS[role]}.</dd>
        </div>
      ))}
    </dl>
  );
}
