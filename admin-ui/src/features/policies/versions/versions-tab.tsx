import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { Can } from '../../../auth/can';
import { DataTable } from '../../../components/data-table/data-table';
import type { Column } from '../../../components/data-table/column';
import { RelativeTime } from '../../../components/relative-time';
import { EmptyState, ErrorState, SkeletonLines } from '../../../components/states';
import { formatShare } from '../../../format/number';
import { StatusBadge } from '../../../components/status-badge';
import { useTimeRange } from '../../../state/time-range';
import { useUrlState } from '../../../state/url-state';
import { TONES } from '../editor/editor-tools';
import { trafficQuery } from '../traffic.queries';
import { StopCanaryDialog } from '../canary/canary-dialogs';
import { refOf, versionsQuery, type PolicyVersion } from '../policies.queries';
import { CompareDialog } from './compare-dialog';
import { DiscardDialog, RollbackDialog, UnpublishDialog } from './release-dialogs';

type Asked = 'compare' | 'rollback' | 'discard' | 'unpublish' | 'stop';

export function VersionsTab({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const versions = useInfiniteQuery(versionsQuery);
  const { range } = useTimeRange();
  const traffic = useQuery(trafficQuery(range)).data;
  const [, change] = useUrlState();
  const [asked, setAsked] = useState<{ readonly what: Asked; readonly version: string } | null>(null);
  if (versions.isError) return <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />;
  if (versions.isPending) return <SkeletonLines />;
  const close = (): void => setAsked(null);
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
      id: 'share',
      header: 'Live share',
      track: '84px',
      align: 'end',
      cell: (row) => <LiveShare count={traffic?.byPolicy.get(refOf(row))} requests={traffic?.requests} />,
    },
    {
      id: 'by',
      header: 'Author',
      track: '150px',
      wide: true,
      cell: ({ createdBy, publishedBy }) => (
        <span className="foreign" title={publishedBy ? `published by ${publishedBy}` : 'not published'}>
          {createdBy}
        </span>
      ),
    },
    { id: 'made', header: 'Made', track: '90px', wide: true, cell: ({ createdAt }) => <At time={createdAt} /> },
    { id: 'at', header: 'Published', track: '90px', wide: true, cell: ({ publishedAt }) => <At time={publishedAt} /> },
    {
      id: 'actions',
      header: 'Actions',
      track: '190px',
      wide: true,
      cell: (row) => (
        <span className="version-actions">
          <Button
            variant="default"
            size="compact-xs"
            onClick={(event) => {
              event.stopPropagation();
              setAsked({ what: 'compare', version: refOf(row) });
            }}
          >
            Compare
          </Button>
          {ACTIONS[row.status].what === 'compare' ? null : (
            <Can do="changePolicies">
              <Button
                variant="default"
                size="compact-xs"
                onClick={(event) => {
                  event.stopPropagation();
                  setAsked({ what: ACTIONS[row.status].what, version: refOf(row) });
                }}
              >
                {ACTIONS[row.status].label}
              </Button>
            </Can>
          )}
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
      {asked?.what === 'compare' ? (
        <CompareDialog
          from={overview.published ? refOf(overview.published) : 'file'}
          to={asked.version}
          versions={rows.map(refOf)}
          onClose={close}
        />
      ) : null}
      {asked?.what === 'rollback' ? <RollbackDialog version={asked.version} onClose={close} /> : null}
      {asked?.what === 'stop' ? <StopCanaryDialog version={asked.version} onClose={close} /> : null}
      {asked?.what === 'discard' ? <DiscardDialog version={asked.version} onClose={close} /> : null}
      {asked?.what === 'unpublish' ? (
        <UnpublishDialog version={asked.version} file={overview.file.path} onClose={close} />
      ) : null}
    </>
  );
}

/** What can be done with a version, by its state. A published one makes room for the file's policy. */
const ACTIONS = {
  draft: { what: 'discard', label: 'Discard' },
  canary: { what: 'stop', label: 'Stop the canary' },
  stopped: { what: 'compare', label: 'Compare' },
  published: { what: 'unpublish', label: 'Unpublish' },
  superseded: { what: 'rollback', label: 'Roll back to it' },
  file: { what: 'compare', label: 'Compare' }, // never in the list
} as const;

const At = ({ time }: { readonly time: string | null }) => (time === null ? '–' : <RelativeTime at={time} />);

function LiveShare({ count, requests }: { readonly count: number | undefined; readonly requests: number | undefined }) {
  if (!count || !requests) return <span className="soft">–</span>;
  return <span title={`${count} of ${requests} requests in the time range`}>{formatShare(count / requests)}</span>;
}
