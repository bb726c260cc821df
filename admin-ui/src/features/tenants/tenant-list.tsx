import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useAllowed } from '../../auth/can';
import type { Column } from '../../components/data-table/column';
import { DataTable } from '../../components/data-table/data-table';
import { Page } from '../../components/page';
import { RelativeTime } from '../../components/relative-time';
import { SearchField } from '../../components/search-field';
import { EmptyState, ErrorState, FilteredEmptyState, SkeletonLines } from '../../components/states';
import { usePages } from '../../components/use-pages';
import { formatCount, formatDecimal } from '../../format/number';
import { useScopedPath } from '../../state/scoped-path';
import { useUrlState } from '../../state/url-state';
import { limitsText, SOURCES, TenantStatusBadge } from './tenant-facts';
import { CreateTenantDialog } from './tenant-form';
import { tenantListQuery, type Tenant, type TenantStatus } from './tenants.queries';

const STATUSES = [
  { value: 'active', label: 'Active' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'all', label: 'All' },
];
const STATUS_NAMES = ['active', 'disabled', 'all'] as const;

const MOST_CHARS = 200; // that the relay searches for

export const addressOf = (id: string): string => `/tenants/${encodeURIComponent(id)}`;

export function TenantList() {
  const [params, change] = useUrlState();
  const [creating, setCreating] = useState(false);
  const status: TenantStatus = STATUS_NAMES.find((name) => name === params.get('status')) ?? 'active';
  const q = params.get('q') ?? '';
  const query = useInfiniteQuery({
    ...tenantListQuery(status, q.slice(0, MOST_CHARS)),
    placeholderData: keepPreviousData,
  });
  const { rows: found, more } = usePages(query);
  return (
    <Page
      title="Tenants & keys"
      hint="Who may call, with which keys, and how much"
      actions={
        <Button
          size="xs"
          leftSection={<IconPlus size={15} />}
          {...useAllowed('manageTenants')}
          onClick={() => setCreating(true)}
        >
          New tenant
        </Button>
      }
    >
      <div className="list-tools">
        <SearchField value={q} placeholder="Search id, name, tag" onSearch={(text) => change({ q: text })} />
        <SegmentedControl
          size="xs"
          aria-label="Status"
          data={STATUSES}
          value={status}
          onChange={(next) => change({ status: next === 'active' ? null : next })}
        />
        {query.isSuccess ? (
          <span className="soft numeric">
            {formatCount(found.length)}
            {query.hasNextPage ? ' of more' : ''} {found.length === 1 ? 'tenant' : 'tenants'}
          </span>
        ) : null}
      </div>
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={10} /> : null}
      {query.isSuccess && found.length === 0 && !query.isFetchingNextPage ? (
        <NoTenants filtered={q !== '' || status !== 'active'} onClear={() => change({ q: null, status: null })} />
      ) : null}
      {found.length > 0 ? <TenantTable tenants={found} onNearEnd={more} /> : null}
      {creating ? <CreateTenantDialog onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}

function TenantTable({ tenants, onNearEnd }: { readonly tenants: readonly Tenant[]; readonly onNearEnd: () => void }) {
  const navigate = useNavigate();
  const scoped = useScopedPath();
  const columns: readonly Column<Tenant>[] = [
    {
      id: 'id',
      header: 'Tenant',
      track: 'minmax(120px, 1fr)',
      cell: ({ id }) => (
        <Link to={scoped(addressOf(id))} className="strong foreign">
          {id}
        </Link>
      ),
    },
    {
      id: 'name',
      header: 'Name',
      track: 'minmax(110px, 1.2fr)',
      cell: ({ name }) => (
        <span className="foreign" title={name}>
          {name}
        </span>
      ),
    },
    { id: 'status', header: 'Status', track: '84px', cell: (tenant) => <TenantStatusBadge tenant={tenant} /> },
    {
      id: 'tier',
      header: 'Tier',
      track: '96px',
      wide: true,
      cell: ({ tier }) => (
        <span className="foreign" title={tier}>
          {tier}
        </span>
      ),
    },
    {
      id: 'weight',
      header: 'Weight',
      track: '56px',
      align: 'end',
      wide: true,
      cell: ({ weight }) => formatDecimal(weight),
    },
    {
      id: 'limits',
      header: 'Limits',
      track: 'minmax(150px, 1fr)',
      wide: true,
      cell: ({ limits }) => limitsText(limits),
    },
    {
      id: 'models',
      header: 'Models',
      track: '72px',
      align: 'end',
      wide: true,
      cell: ({ models }) => (models === null ? 'all' : formatCount(models.length)),
    },
    { id: 'source', header: 'From', track: '84px', wide: true, cell: ({ source }) => SOURCES[source] },
    {
      id: 'created',
      header: 'Created',
      track: '84px',
      wide: true,
      cell: ({ createdAt }) => (createdAt === null ? '–' : <RelativeTime at={createdAt} />),
    },
  ];
  return (
    <DataTable
      label="Tenants"
      rows={tenants}
      columns={columns}
      rowKey={({ id }) => id}
      height={20}
      keys
      marked={({ disabledAt }) => disabledAt !== null}
      onOpen={({ id }) => void navigate(scoped(addressOf(id)))}
      onNearEnd={onNearEnd}
    />
  );
}

function NoTenants({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  return filtered ? (
    <FilteredEmptyState title="No such tenant" text="No tenant passes every filter. Drop one." onClear={onClear} />
  ) : (
    <EmptyState title="No tenants yet" text="Make one here, or write it into relay.yaml." />
  );
}
