import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { refOf, type PolicyVersion } from '../policies.queries';

interface RollbackDialogProps {
  readonly version: PolicyVersion;
  readonly onClose: () => void;
}

/** Publishes what an old version says, as a new one. */
export function RollbackDialog({ version, onClose }: RollbackDialogProps) {
  const queries = useQueryClient();
  const rollback = useMutation({
    mutationFn: (note: string) =>
      dataOf(
        api.POST('/api/policies/rollback', { body: { version: refOf(version), ...(note === '' ? {} : { note }) } }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['policies'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Roll back to ${refOf(version)}`}
      action="Roll back"
      danger
      reason={{ label: 'Why' }}
      busy={rollback.isPending}
      error={rollback.error}
      onConfirm={(note) => rollback.mutate(note)}
      onClose={onClose}
    >
      <p>What it says is published at once, as a new version. The versions in between stay.</p>
    </ConfirmDialog>
  );
}
