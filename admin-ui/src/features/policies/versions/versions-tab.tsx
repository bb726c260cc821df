import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { Can } from '../../../auth/can';
import { DataTable } from '../../../components/data-table/data-table';
import type { Column } from '../../../components/data-table/column';
import { RelativeTime } from '../../../components/relative-time';
import { EmptyState, ErrorState, SkeletonLines } from '../../../components/states';
import { StatusBadge } from '../../../components/status-badge';
import { useUrlState } from '../../../state/url-state';
import { refOf, versionsQuery, type PolicyVersion } from '../policies.queries';
import { CompareDialog } from './compare-dialog';
import { RollbackDialog } from './rollback-dialog';

const TONES = { draft: 'accent', published: 'good', superseded: 'calm' } as const;

export function VersionsTab({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const versions = useInfiniteQuery(versionsQuery);
  const [, change] = useUrlState();
  const [comparing, setComparing] = useState<PolicyVersion | null>(null);
  const [rollingBack, setRollingBack] = useState<PolicyVersion | null>(null);
  if (versions.isError) return <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />;
  if (versions.isPending) return <SkeletonLines />;
  const rows = versions.data.pages.flatMap(({ data }) => data);
  if (rows.length === 0)
    return (
      <EmptyState
        title="No versions yet"
        text="The policy of the configuration file is in force. Save a draft to begin."
      />
    );
  const columns: readonly Column<PolicyVersion>[] = [
    { id: 'version', header: 'Version', track: '110px', cell: (row) => <b className="foreign">{refOf(row)}</b> },
    {
      id: 'status',
      header: 'Status',
      track: '104px',
      cell: ({ status }) => <StatusBadge tone={TONES[status]} label={status} />,
    },
    {
      id: 'note',
      header: 'Note',
      track: 'minmax(120px, 1fr)',
      cell: ({ note }) => <span className="foreign">{note ?? '–'}</span>,
    },
    {
      id: 'by',
      header: 'By',
      track: '150px',
      wide: true,
      cell: ({ createdBy }) => <span className="foreign">{createdBy}</span>,
    },
    {
      id: 'at',
      header: 'Published',
      track: '90px',
      wide: true,
      cell: ({ publishedAt }) => (publishedAt === null ? '–' : <RelativeTime at={publishedAt} />),
    },
    {
      id: 'actions',
      header: 'Actions',
      track: '180px',
      wide: true,
      cell: (row) => (
        <span className="version-actions">
          <Button variant="default" size="compact-xs" onClick={() => setComparing(row)}>
            Compare
          </Button>
          {row.status === 'superseded' ? (
            <Can do="changePolicies">
              <Button variant="default" size="compact-xs" onClick={() => setRollingBack(row)}>
                Roll back to it
              </Button>
            </Can>
          ) : null}
        </span>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label="Versions"
        rows={rows}
        columns={columns}
        rowKey={refOf}
        height={14}
        keys
        onOpen={(row) => change({ tab: null, version: refOf(row) }, 'push')}
        onNearEnd={() => void (versions.hasNextPage && !versions.isFetchingNextPage && versions.fetchNextPage())}
      />
      {comparing ? <CompareDialog version={comparing} overview={overview} onClose={() => setComparing(null)} /> : null}
      {rollingBack ? <RollbackDialog version={rollingBack} onClose={() => setRollingBack(null)} /> : null}
    </>
  );
}
