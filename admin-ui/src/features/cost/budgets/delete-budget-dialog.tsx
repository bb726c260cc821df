import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import type { Budget } from '../../../api/queries/budgets.queries';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { formatUsd } from '../../../format/money';

export function DeleteBudgetDialog({ budget, onClose }: { readonly budget: Budget; readonly onClose: () => void }) {
  const { id, tenant, period, limitUsd } = budget;
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/api/budgets/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['budgets'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Delete this budget"
      action="Delete"
      danger
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        <span className="foreign">{tenant}</span> is no longer held to {formatUsd(limitUsd)} a {period}, within two
        seconds everywhere. What was spent stays counted.
      </p>
    </ConfirmDialog>
  );
}
