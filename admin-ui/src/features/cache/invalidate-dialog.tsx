import { Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client';
import { tenantsQuery } from '../../api/queries/relay.queries';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { formatCount } from '../../format/number';
import { useTenantScope } from '../../state/tenant-scope';
import { countQuery } from './cache.queries';

const REST_MS = 300;

/** Removes all entries that have everything that is named; with nothing named, all there are. */
export function InvalidateDialog({ onClose }: { readonly onClose: () => void }) {
  const { tenant: scope } = useTenantScope();
  const [tenant, setTenant] = useState(scope);
  const [model, setModel] = useState('');
  const [tag, setTag] = useState('');
  const [version, setVersion] = useState('');
  const tenants = useQuery(tenantsQuery).data?.data ?? [];
  const what = {
    ...(tenant ? { tenant } : {}),
    ...(model ? { model } : {}),
    ...(tag ? { tag } : {}),
    ...(version ? { version } : {}),
  };
  const all = Object.keys(what).length === 0;
  const invalidate = useInvalidate(onClose);
  return (
    <ConfirmDialog
      title="Invalidate the cache"
      action="Invalidate"
      danger
      typed={all ? 'everything' : (tenant ?? (model || tag || version))}
      busy={invalidate.isPending}
      error={invalidate.error}
      onConfirm={() => invalidate.mutate(all ? { all: true } : what)}
      onClose={onClose}
    >
      <p>Entries that have all of this are void at once, in every process. Name nothing to remove every entry.</p>
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
      <TextInput
        label="Version of the cache in the policy"
        value={version}
        onChange={(event) => setVersion(event.currentTarget.value.trim())}
      />
      {tag || version ? (
        <p className="soft">
          Entries with a tag or a version are not counted before; at the end it is said how many went.
        </p>
      ) : (
        <Preview tenant={tenant} model={model} />
      )}
    </ConfirmDialog>
  );
}

function useInvalidate(onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['InvalidateCache']) => dataOf(api.POST('/api/cache/invalidate', { body })),
    onSuccess: async ({ removed }) => {
      notifications.show({ title: 'Invalidated', message: `${formatCount(removed)} entries were removed.` });
      onDone();
      await queries.invalidateQueries({ queryKey: ['cache'] });
    },
  });
}

/** How many entries it would be, as far as they can be listed. */
function Preview({ tenant, model }: { readonly tenant: string | null; readonly model: string }) {
  const [asked] = useDebouncedValue(model, REST_MS);
  const filter = { ...(tenant ? { tenant } : {}), ...(asked ? { model: asked } : {}) };
  const { data, isError } = useQuery(countQuery(filter));
  if (isError) return <p className="soft">They could not be counted.</p>;
  if (!data || asked !== model) return <p className="soft">Counting…</p>;
  const { semantic, exact, more } = data;
  return (
    <p role="status">
      <b>
        {more ? 'More than ' : ''}
        {formatCount(semantic + exact)} entries
      </b>{' '}
      <span className="soft">
        ({formatCount(semantic)} by meaning, {formatCount(exact)} exact)
      </span>
    </p>
  );
}
