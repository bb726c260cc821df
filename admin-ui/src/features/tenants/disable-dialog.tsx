import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { ConfirmDialog } from '../../components/confirm-dialog';
import type { Tenant } from './tenants.queries';

/** Takes a tenant out of service, or puts it back. */
export function DisableDialog({ tenant, onClose }: { readonly tenant: Tenant; readonly onClose: () => void }) {
  const active = tenant.disabledAt === null;
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: async () => {
      const params = { path: { id: tenant.id } };
      await dataOf(api.PATCH('/api/tenants/{id}', { params, body: { disabled: active } }));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['tenants'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={active ? 'Disable this tenant' : 'Enable this tenant'}
      action={active ? 'Disable' : 'Enable'}
      {...(active ? { danger: true, typed: tenant.id } : {})}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      {active ? (
        <p>
          Its keys are refused at once, in every process. Keys, traces and costs stay, and it can be enabled again.
          Requests that are under way end as they would have.
        </p>
      ) : (
        <p>Its keys work again at once, those that were revoked or have expired excepted.</p>
      )}
    </ConfirmDialog>
  );
}
