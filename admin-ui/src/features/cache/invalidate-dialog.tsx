import { Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client';
import { tenantsQuery } from '../../api/queries/relay.queries';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { useTenantScope } from '../../state/tenant-scope';
import { formatCount } from '../../format/number';

/** Removes all entries that have everything that is named; with nothing named, all there are. */
export function InvalidateDialog({ onClose }: { readonly onClose: () => void }) {
  const { tenant: scope } = useTenantScope();
  const [tenant, setTenant] = useState(scope);
  const [model, setModel] = useState('');
  const [tag, setTag] = useState('');
  const tenants = useQuery(tenantsQuery).data?.data ?? [];
  const queries = useQueryClient();
  const what = { ...(tenant ? { tenant } : {}), ...(model ? { model } : {}), ...(tag ? { tag } : {}) };
  const all = Object.keys(what).length === 0;
  const invalidate = useMutation({
    mutationFn: (body: Schemas['InvalidateCache']) => dataOf(api.POST('/api/cache/invalidate', { body })),
    onSuccess: async ({ removed }) => {
      notifications.show({ title: 'Invalidated', message: `${formatCount(removed)} entries were removed.` });
      await queries.invalidateQueries({ queryKey: ['cache'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Invalidate the cache"
      action="Invalidate"
      danger
      typed={all ? 'everything' : (tenant ?? model) || tag}
      busy={invalidate.isPending}
      error={invalidate.error}
      onConfirm={() => invalidate.mutate(all ? { all: true } : what)}
      onClose={onClose}
    >
      <p>Entries that have all of this are removed. Name nothing to remove every entry.</p>
      <Select
        label="Tenant"
        clearable
        searchable
        data={tenants.map(({ id }) => id)}
        value={tenant}
        onChange={setTenant}
        clearButtonProps={{ 'aria-label': 'Any tenant' }}
      />
      <TextInput label="Model" value={model} onChange={(event) => setModel(event.currentTarget.value.trim())} />
      <TextInput label="Tag" value={tag} onChange={(event) => setTag(event.currentTarget.value.trim())} />
    </ConfirmDialog>
  );
}
