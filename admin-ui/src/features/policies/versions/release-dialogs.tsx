import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { ConfirmDialog } from '../../../components/confirm-dialog';

interface VersionDialogProps {
  readonly version: string; // name@version
  readonly onClose: () => void;
}

/** Publishes what an old version says, as a new one. */
export function RollbackDialog({ version, onClose }: VersionDialogProps) {
  const rollback = useRelease(onClose, (note) =>
    dataOf(api.POST('/api/policies/rollback', { body: { version, ...(note === '' ? {} : { note }) } })),
  );
  return (
    <ConfirmDialog
      title={`Roll back to ${version}`}
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

interface UnpublishDialogProps extends VersionDialogProps {
  readonly file: string; // its path
}

/** Gives the file its say again. */
export function UnpublishDialog({ version, file, onClose }: UnpublishDialogProps) {
  const unpublish = useRelease(onClose, () => dataOf(api.POST('/api/policies/unpublish')));
  return (
    <ConfirmDialog
      title={`Unpublish ${version}`}
      action="Unpublish"
      danger
      busy={unpublish.isPending}
      error={unpublish.error}
      onConfirm={() => unpublish.mutate('')}
      onClose={onClose}
    >
      <p>
        The policy of <code className="foreign">{file}</code> is in force at once, in every process. {version} stays
        among the versions, and can be rolled back to.
      </p>
    </ConfirmDialog>
  );
}

export function DiscardDialog({ version, onClose }: VersionDialogProps) {
  const discard = useRelease(onClose, () =>
    dataOf(api.DELETE('/api/policies/versions/{version}', { params: { path: { version } } })),
  );
  return (
    <ConfirmDialog
      title={`Discard the draft ${version}`}
      action="Discard"
      danger
      busy={discard.isPending}
      error={discard.error}
      onConfirm={() => discard.mutate('')}
      onClose={onClose}
    >
      <p>Its text is gone. What is in force does not change.</p>
    </ConfirmDialog>
  );
}

function useRelease(onDone: () => void, release: (note: string) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: release,
    onSuccess: () => {
      onDone(); // first: what is opened while the lists are fetched anew stays open
      return queries.invalidateQueries({ queryKey: ['policies'] });
    },
  });
}
