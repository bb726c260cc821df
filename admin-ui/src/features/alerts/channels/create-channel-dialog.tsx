import { PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { FormDialog } from '../../../components/form-dialog';
import { useFields } from '../../../components/use-fields';
import type { AlertChannel } from '../alerts.queries';

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Characters that a secret has at least. */
const MIN_SECRET = 16;

interface Fields {
  readonly id: string;
  readonly kind: AlertChannel['kind'];
  readonly url: string;
  readonly secret: string;
}

const EMPTY: Fields = { id: '', kind: 'webhook', url: '', secret: '' };

export function CreateChannelDialog({ onClose }: { readonly onClose: () => void }) {
  const [{ id, kind, url, secret }, set] = useFields(EMPTY);
  const queries = useQueryClient();
  const signs = kind === 'webhook' && secret !== '';
  const create = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/api/alerts/channels', { body: { id, kind, url, ...(signs ? { secret } : {}) } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['alerts'] });
      onClose();
    },
  });
  return (
    <FormDialog
      title="New channel"
      action="Create channel"
      ready={ID.test(id) && URL.canParse(url) && (!signs || secret.length >= MIN_SECRET)}
      busy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Id"
        required
        data-autofocus
        maxLength={64}
        error={id !== '' && !ID.test(id) ? 'Lower-case letters, digits and - only' : null}
        value={id}
        onChange={(event) => set({ id: event.currentTarget.value.trim() })}
      />
      <Select
        label="Kind"
        data={['webhook', 'slack']}
        value={kind}
        allowDeselect={false}
        onChange={(next) => set({ kind: next === 'slack' ? 'slack' : 'webhook' })}
      />
      <TextInput
        label="URL"
        type="url"
        required
        autoComplete="off"
        maxLength={2_048}
        value={url}
        onChange={(event) => set({ url: event.currentTarget.value.trim() })}
      />
      {kind === 'webhook' ? (
        <PasswordInput
          label="Secret (optional)"
          description={`Signs what is sent. At least ${MIN_SECRET} characters`}
          autoComplete="new-password"
          maxLength={512}
          value={secret}
          onChange={(event) => set({ secret: event.currentTarget.value })}
        />
      ) : null}
    </FormDialog>
  );
}
