import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { ConfirmDialog } from '../../../components/confirm-dialog';

interface CanaryDialogProps {
  readonly version: string; // name@version
  readonly onClose: () => void;
}

export function PromoteCanaryDialog({ version, onClose }: CanaryDialogProps) {
  const promote = useEnd(onClose, (note) =>
    dataOf(api.POST('/api/policies/canary/promote', { body: note === '' ? {} : { note } })),
  );
  return (
    <ConfirmDialog
      title={`Promote ${version}`}
      action="Promote"
      reason={{ label: 'Note: what it changes, and why' }}
      busy={promote.isPending}
      error={promote.error}
      onConfirm={(note) => promote.mutate(note)}
      onClose={onClose}
    >
      <p>It is published: all requests are planned by it, in every process.</p>
    </ConfirmDialog>
  );
}

export function StopCanaryDialog({ version, onClose }: CanaryDialogProps) {
  const stop = useEnd(onClose, (note) =>
    dataOf(api.POST('/api/policies/canary/stop', { body: note === '' ? {} : { note } })),
  );
  return (
    <ConfirmDialog
      title={`Stop ${version}`}
      action="Stop the canary"
      danger
      reason={{ label: 'Why' }}
      busy={stop.isPending}
      error={stop.error}
      onConfirm={(note) => stop.mutate(note)}
      onClose={onClose}
    >
      <p>What is in force plans all requests again. The version stays as it was tried, and can be tried again.</p>
    </ConfirmDialog>
  );
}

function useEnd<T>(onClose: () => void, end: (note: string) => Promise<T>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: end,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['policies'] });
      onClose();
    },
  });
}
