import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { RelativeTime } from '../../../components/relative-time';
import type { ApiKey } from '../tenants.queries';

export function RevokeDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const { id: keyId, tenant, name, prefix, lastUsedAt } = apiKey;
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => dataOf(api.DELETE('/api/tenants/{id}/keys/{keyId}', { params: { path: { id: tenant, keyId } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['tenants', 'keys', tenant] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Revoke this key"
      action="Revoke"
      danger
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>
        <b className="foreign">{name}</b> (<code className="foreign">{prefix}…</code>) of{' '}
        <b className="foreign">{tenant}</b> is refused at once, for good.
      </p>
      <p>
        {lastUsedAt === null ? (
          'It was never used.'
        ) : (
          <>
            It was last used <RelativeTime at={lastUsedAt} />. Rotate it instead to cut nobody off.
          </>
        )}
      </p>
    </ConfirmDialog>
  );
}
