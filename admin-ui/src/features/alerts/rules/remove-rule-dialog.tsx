import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import type { AlertRule } from '../alerts.queries';

export function RemoveRuleDialog({ rule, onClose }: { readonly rule: AlertRule; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/api/alerts/rules/{id}', { params: { path: { id: rule.id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['alerts'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Remove this rule"
      action="Remove"
      danger
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        <b className="foreign">{rule.id}</b> is not looked at any more, and what it found is resolved. A built-in rule
        of this name comes back as it was.
      </p>
    </ConfirmDialog>
  );
}
