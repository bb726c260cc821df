import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { DataTable } from '../../components/data-table/data-table';
import type { Column } from '../../components/data-table/column';
import { RelativeTime } from '../../components/relative-time';
import { Money } from '../../components/money';
import { SearchField } from '../../components/search-field';
import { EmptyState, ErrorState, FilteredEmptyState, SkeletonLines } from '../../components/states';
import { formatBytes, formatCount } from '../../format/number';
import { useTenantScope } from '../../state/tenant-scope';
import { useUrlState } from '../../state/url-state';
import { EntryDialog } from './entry-dialog';
import { entriesQuery, type CacheEntry } from './cache.queries';

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
  const q = params.get('q') ?? '';
  const query = useInfiniteQuery(entriesQuery({ kind, tenant, q }));
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
        {kind === 'semantic' ? (
          <SearchField value={q} placeholder="Search prompts" onSearch={(text) => change({ q: text })} />
        ) : null}
      </div>
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={10} /> : null}
      {query.isSuccess && rows.length === 0 ? <NoEntries q={q} onClear={() => change({ q: null })} /> : null}
      {rows.length > 0 ? (
        <DataTable
          label="Entries"
          rows={rows}
          columns={COLUMNS}
          rowKey={({ id }) => id}
          selected={open}
          height={18}
          keys
          onOpen={({ id }) => change({ entry: id }, 'push')}
          onNearEnd={more}
        />
      ) : null}
      {open === null ? null : <EntryDialog id={open} onClose={() => change({ entry: null })} />}
    </>
  );
}

function NoEntries({ q, onClear }: { readonly q: string; readonly onClear: () => void }) {
  return q === '' ? (
    <EmptyState title="Nothing is stored" text="Answers are kept where the policy allows it, for as long as it says." />
  ) : (
    <FilteredEmptyState title="No entry has such a prompt" onClear={onClear} />
  );
}
