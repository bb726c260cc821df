import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Page } from '../../components/page';
import { EmptyState, ErrorState, FilteredEmptyState, SkeletonLines } from '../../components/states';
import { usePages } from '../../components/use-pages';
import { usePeriod } from '../../state/period';
import { useUrlState } from '../../state/url-state';
import { AuditFilterBar } from './audit-filter-bar';
import { AuditTable } from './audit-table';
import { auditQuery, entryQuery, readAuditFilters, type AuditEntry } from './audit.queries';
import { EntryDialog } from './entry-dialog';
import { VerifyDialog } from './verify-dialog';
import './audit.css';

export default function AuditPage() {
  const [params, change] = useUrlState();
  const period = usePeriod();
  const filters = useMemo(() => readAuditFilters(params), [params]);
  const [verifying, setVerifying] = useState(false);
  const query = useInfiniteQuery(auditQuery(filters, period));
  const { rows, more } = usePages(query);
  const filtered = period.kind !== 'any' || Object.values(filters).some((value) => value !== null);
  const open = params.get('entry');
  const entry = useEntry(rows, open);
  const clear = (): void =>
    change({ actor: null, action: null, target: null, period: null, after: null, before: null });
  return (
    <Page
      title="Audit log"
      hint="Who changed what, and who logged in: a chain in which no link can be changed unseen"
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconShieldCheck size={15} />}
          onClick={() => setVerifying(true)}
        >
          Verify the chain
        </Button>
      }
    >
      <AuditFilterBar filters={filters} onClear={filtered ? clear : null} />
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={12} /> : null}
      {query.isSuccess && rows.length === 0 ? <Nothing filtered={filtered} onClear={clear} /> : null}
      {rows.length > 0 ? (
        <AuditTable
          entries={rows}
          open={open}
          onOpen={({ seq }) => change({ entry: String(seq) }, 'push')}
          onNearEnd={more}
        />
      ) : null}
      {entry ? (
        <EntryDialog
          entry={entry}
          onFilter={(filter) => change({ ...filter, entry: null })}
          onClose={() => change({ entry: null })}
        />
      ) : null}
      {verifying ? <VerifyDialog onClose={() => setVerifying(false)} /> : null}
    </Page>
  );
}

/** The entry that the address names: of the list, or asked for by itself, as a link from elsewhere may need. */
function useEntry(rows: readonly AuditEntry[], named: string | null): AuditEntry | null {
  const listed = rows.find(({ seq }) => String(seq) === named);
  const isNumber = named !== null && /^[1-9]\d{0,14}$/.test(named);
  const single = useQuery({ ...entryQuery(Number(named)), enabled: isNumber && !listed }).data;
  return listed ?? single ?? null;
}

function Nothing({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  return filtered ? (
    <FilteredEmptyState title="No such entry" text="No entry passes every filter. Drop one." onClear={onClear} />
  ) : (
    <EmptyState title="Nothing was done yet" text="Changes over the API and logins are told here." />
  );
}
