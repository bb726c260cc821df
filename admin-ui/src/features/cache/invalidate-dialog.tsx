import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client';
import { TenantSelect } from '../../components/tenant-select';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { useTenantScope } from '../../state/tenant-scope';
import { wouldRemoveQuery, type Selector } from './cache.queries';
import { WouldRemove } from './would-remove';

const REST_MS = 300;

interface Props {
  readonly onClose: () => void;
  /** What is named is void, and the workers remove its copies. */
  readonly onStarted: () => void;
}

/** Makes all entries void that have everything that is named; with nothing named, all there are. */
export function InvalidateDialog({ onClose, onStarted }: Props) {
  const { tenant: scope } = useTenantScope();
  const [tenant, setTenant] = useState(scope);
  const [model, setModel] = useState('');
  const [tag, setTag] = useState('');
  const [version, setVersion] = useState('');
  const what = {
    ...(tenant ? { tenant } : {}),
    ...(model ? { model } : {}),
    ...(tag ? { tag } : {}),
    ...(version ? { version } : {}),
  };
  const all = Object.keys(what).length === 0;
  const selector: Selector = all ? { all: true } : what;
  const [asked] = useDebouncedValue(JSON.stringify(selector), REST_MS);
  const counted = useQuery(wouldRemoveQuery(JSON.parse(asked) as Selector));
  const counting = counted.isFetching || asked !== JSON.stringify(selector);
  const invalidate = useInvalidate(() => {
    onClose();
    onStarted();
  });
  const named = all ? 'everything' : (tenant ?? (model || tag || version));
  return (
    <ConfirmDialog
      title="Invalidate the cache"
      action="Invalidate"
      danger
      typed={counted.data && !counting ? `${named} ${counted.data.total.count}` : named}
      busy={invalidate.isPending || counting}
      error={invalidate.error}
      onConfirm={() => invalidate.mutate(selector)}
      onClose={onClose}
    >
      <p>Entries that have all of this are void at once, in every process. Name nothing to remove every entry.</p>
      <TenantSelect
        label="Tenant"
        clearable
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
      <WouldRemove counting={counting} found={counted.data ?? null} error={counted.error} />
    </ConfirmDialog>
  );
}

function useInvalidate(onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Selector) => dataOf(api.POST('/api/cache/invalidations', { body })),
    onSuccess: async () => {
      notifications.show({ title: 'Invalidated', message: 'Void in every process; the workers remove the copies.' });
      onDone();
      await queries.invalidateQueries({ queryKey: ['cache'] });
    },
  });
}
