import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import { Card } from '../../../components/card';
import { EmptyState, ErrorState, SkeletonLines } from '../../../components/states';
import { usePages } from '../../../components/use-pages';
import { keysQuery, type ApiKey, type Tenant } from '../tenants.queries';
import { CreateKeyDialog, EditKeyDialog } from './key-form';
import { KeyTable, type KeyDeed } from './key-table';
import { RevokeDialog } from './revoke-dialog';
import { RotateDialog } from './rotate-dialog';
import { SecretDialog } from './secret-dialog';

type Open = { readonly deed: KeyDeed; readonly key: ApiKey } | { readonly deed: 'create' } | null;

/** The keys of a tenant, and all that is done with them. */
export function KeysCard({ tenant }: { readonly tenant: Tenant }) {
  const [open, setOpen] = useState<Open>(null);
  const [made, setMade] = useState<Schemas['CreatedApiKey'] | null>(null);
  const query = useInfiniteQuery(keysQuery(tenant.id));
  const { rows, more } = usePages(query);
  const close = (): void => setOpen(null);
  const show = (key: Schemas['CreatedApiKey']): void => {
    setOpen(null);
    setMade(key);
  };
  return (
    <Card
      title="Keys"
      hint="The relay keeps their hashes only: a key is shown once, when it is made"
      action={
        <Button
          size="xs"
          leftSection={<IconPlus size={15} />}
          {...useAllowed('manageKeys')}
          onClick={() => setOpen({ deed: 'create' })}
        >
          New key
        </Button>
      }
    >
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={3} /> : null}
      {query.isSuccess && rows.length === 0 ? (
        <EmptyState title="No keys yet" text="Without one nobody can call for this tenant." />
      ) : null}
      {rows.length > 0 ? (
        <KeyTable keys={rows} onNearEnd={more} onDeed={(deed, key) => setOpen({ deed, key })} />
      ) : null}
      {open?.deed === 'create' ? <CreateKeyDialog tenant={tenant} onMade={show} onClose={close} /> : null}
      {open?.deed === 'edit' ? <EditKeyDialog tenant={tenant} apiKey={open.key} onClose={close} /> : null}
      {open?.deed === 'rotate' ? <RotateDialog apiKey={open.key} onMade={show} onClose={close} /> : null}
      {open?.deed === 'revoke' ? <RevokeDialog apiKey={open.key} onClose={close} /> : null}
      {made ? <SecretDialog made={made} onClose={() => setMade(null)} /> : null}
    </Card>
  );
}
