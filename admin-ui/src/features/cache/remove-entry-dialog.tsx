import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { ConfirmDialog } from '../../components/confirm-dialog';

interface RemoveEntryDialogProps {
  readonly id: string;
  readonly onGone: () => void;
  readonly onClose: () => void;
}

export function RemoveEntryDialog({ id, onGone, onClose }: RemoveEntryDialogProps) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => dataOf(api.POST('/api/cache/invalidate', { body: { entry: id } })),
    onSuccess: async () => {
      onGone();
      await queries.invalidateQueries({ queryKey: ['cache'] });
    },
  });
  return (
    <ConfirmDialog
      title="Remove this entry"
      action="Remove"
      danger
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>The next such request is asked anew. Copies in the memories of processes are void at once.</p>
    </ConfirmDialog>
  );
}
