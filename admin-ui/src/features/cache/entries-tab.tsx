import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useAllowed } from '../../auth/can';
import { DataTable } from '../../components/data-table/data-table';
import type { Column } from '../../components/data-table/column';
import { RelativeTime } from '../../components/relative-time';
import { Money } from '../../components/money';
import { SearchField } from '../../components/search-field';
import { EmptyState, ErrorState, FilteredEmptyState, SkeletonLines } from '../../components/states';
import { formatBytes, formatCount } from '../../format/number';
import { useTenantScope } from '../../state/tenant-scope';
import { useUrlState } from '../../state/url-state';
import { EntryDrawer } from './entry-drawer';
import { entriesQuery, type CacheEntry } from './cache.queries';

const STATUSES = [
  { value: 'active', label: 'Active' },
  { value: 'quarantined', label: 'In quarantine' },
] as const;
/** Typing rests so long before it is searched for, in ms. */
const REST_MS = 250;

const COLUMNS: readonly Column<CacheEntry>[] = [
  { id: 'created', header: 'Created', track: '86px', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  {
    id: 'prompt',
    header: 'Prompt',
    track: 'minmax(140px, 1fr)',
    cell: ({ prompt, id }) => (
      <span className={prompt === null ? 'mono soft' : 'foreign'} title={prompt ?? id}>
        {prompt ?? id}
      </span>
    ),
  },
  {
    id: 'owner',
    header: 'Owner',
    track: '130px',
    wide: true,
    cell: ({ owner }) => <span className="foreign">{owner}</span>,
  },
  {
    id: 'model',
    header: 'Model',
    track: '140px',
    wide: true,
    cell: ({ servedModel }) => <span className="foreign">{servedModel}</span>,
  },
  { id: 'size', header: 'Size', track: '70px', align: 'end', wide: true, cell: ({ bytes }) => formatBytes(bytes) },
  { id: 'hits', header: 'Hits', track: '50px', align: 'end', cell: ({ hits }) => formatCount(hits) },
  {
    id: 'cost',
    header: 'Cost',
    track: '84px',
    align: 'end',
    wide: true,
    cell: ({ costUsd }) => <Money usd={costUsd} />,
  },
  {
    id: 'expires',
    header: 'Expires',
    track: '80px',
    align: 'end',
    cell: ({ expiresAt }) => <RelativeTime at={expiresAt} />,
  },
];

export function EntriesTab() {
  const [params, change] = useUrlState();
  const { tenant } = useTenantScope();
  const kind = params.get('kind') === 'exact' ? 'exact' : 'semantic';
  const mayRead = !useAllowed('readPrompts').disabled;
  const q = mayRead ? (params.get('q') ?? '') : '';
  const model = params.get('model') ?? '';
  const status = STATUSES.find(({ value }) => value === params.get('status'))?.value ?? null;
  const query = useInfiniteQuery(entriesQuery({ kind, tenant, q, model, status }));
  const setModel = useDebouncedCallback((text: string) => change({ model: text.trim() }), REST_MS);
  const filtered = q !== '' || model !== '' || status !== null;
  const clear = (): void => change({ q: null, model: null, status: null });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const rows = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const open = params.get('entry');
  return (
    <>
      <div className="cache-tools">
        <SegmentedControl
          size="xs"
          aria-label="Kind"
          value={kind}
          onChange={(next) => change({ kind: next === 'exact' ? next : null, q: null })}
          data={[
            { value: 'semantic', label: 'By meaning' },
            { value: 'exact', label: 'Exact' },
          ]}
        />
        {kind === 'semantic' && mayRead ? (
          <SearchField value={q} placeholder="Search prompts" onSearch={(text) => change({ q: text })} />
        ) : null}
        <TextInput
          size="xs"
          aria-label="Model"
          placeholder="Model, asked for or served"
          maxLength={256}
          defaultValue={model}
          onChange={(event) => setModel(event.currentTarget.value)}
        />
        <Select
          size="xs"
          aria-label="Status"
          placeholder="Any status"
          clearable
          clearButtonProps={{ 'aria-label': 'Any status' }}
          data={[...STATUSES]}
          value={status}
          onChange={(next) => change({ status: next })}
        />
      </div>
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={10} /> : null}
      {query.isSuccess && rows.length === 0 ? <NoEntries filtered={filtered} onClear={clear} /> : null}
      {rows.length > 0 ? (
        <DataTable
          label="Entries"
          rows={rows}
          columns={COLUMNS}
          rowKey={({ id }) => id}
          selected={open}
          height={18}
          keys
          marked={({ status: state }) => state === 'quarantined'}
          onClose={() => change({ entry: null })}
          onOpen={({ id }) => change({ entry: id }, 'push')}
          onNearEnd={more}
        />
      ) : null}
      {open === null ? null : <EntryDrawer id={open} onClose={() => change({ entry: null })} />}
    </>
  );
}

function NoEntries({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  return !filtered ? (
    <EmptyState title="Nothing is stored" text="Answers are kept where the policy allows it, for as long as it says." />
  ) : (
    <FilteredEmptyState title="No entry is like this" onClear={onClear} />
  );
}
