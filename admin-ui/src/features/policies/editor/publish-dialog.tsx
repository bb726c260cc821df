import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifications } from '@mantine/notifications';
import { api, dataOf, type Schemas } from '../../../api/client';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { DiffText } from '../versions/diff-text';
import { diffQuery, refOf } from '../policies.queries';

interface PublishDialogProps {
  readonly draft: Schemas['PolicyVersionDetail'];
  readonly overview: Schemas['PolicyOverview'];
  readonly onClose: () => void;
}

/** Shows what will change, and asks why; the note goes into the version, where history shows it. */
export function PublishDialog({ draft, overview, onClose }: PublishDialogProps) {
  const queries = useQueryClient();
  const version = refOf(draft);
  const diff = useQuery(diffQuery(overview.published ? 'published' : 'file', version));
  const publish = useMutation({
    mutationFn: async (note: string) => {
      const path = { version };
      const noted = note === '' ? draft : await keepNote(draft, note);
      return dataOf(
        api.POST('/api/policies/versions/{version}/publish', {
          params: { path },
          body: { expectedDigest: noted.digest },
        }),
      );
    },
    onSuccess: async () => {
      notifications.show({ title: `${version} is published`, message: 'Every process takes it up within a moment.' });
      await queries.invalidateQueries({ queryKey: ['policies'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Publish ${version}`}
      action="Publish"
      reason={{ label: 'Note: what it changes, and why' }}
      busy={publish.isPending}
      error={publish.error}
      onConfirm={(note) => publish.mutate(note)}
      onClose={onClose}
    >
      {draft.basedOn !== null && overview.published && draft.basedOn !== refOf(overview.published) ? (
        <p className="tone-warn">
          It was made from {draft.basedOn}; since then {refOf(overview.published)} was published. What that changed is
          undone unless the draft has it.
        </p>
      ) : null}
      {diff.data ? <DiffText diff={diff.data} /> : null}
    </ConfirmDialog>
  );
}

function keepNote(draft: Schemas['PolicyVersionDetail'], note: string): Promise<Schemas['PolicyVersionDetail']> {
  const body = { source: draft.source, expectedDigest: draft.digest, note };
  return dataOf(
    api.PUT('/api/policies/versions/{version}', {
      params: { path: { version: `${draft.name}@${draft.version}` } },
      body,
    }),
  );
}
