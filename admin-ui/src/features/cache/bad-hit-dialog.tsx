import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { formatCount } from '../../format/number';

interface BadHitDialogProps {
  readonly id: string;
  /** The request that got the hit: the threshold learns from it. */
  readonly trace?: string;
  readonly onGone: () => void;
  readonly onClose: () => void;
}

/** Says that what is stored is wrong: it is not served again, nor what shares its answer. */
export function BadHitDialog({ id, trace, onGone, onClose }: BadHitDialogProps) {
  const queries = useQueryClient();
  const mark = useMutation({
    mutationFn: (comment: string) =>
      dataOf(
        api.POST('/api/cache/entries/{id}/bad-hit', {
          params: { path: { id } },
          body: { ...(trace === undefined ? {} : { trace }), ...(comment === '' ? {} : { comment }) },
        }),
      ),
    onSuccess: async ({ removed }) => {
      notifications.show({ title: 'Marked', message: `${formatCount(removed)} entries are not served any more.` });
      onGone();
      await queries.invalidateQueries({ queryKey: ['cache'] });
    },
  });
  return (
    <ConfirmDialog
      title="The answer of this entry is wrong"
      action="Take it back"
      danger
      reason={{ label: 'What is wrong with it' }}
      busy={mark.isPending}
      error={mark.error}
      onConfirm={(comment) => mark.mutate(comment)}
      onClose={onClose}
    >
      <p>
        The entry goes, with all that share its answer.{' '}
        {trace === undefined
          ? 'To let the threshold learn from it, mark a hit that was wrong: below, or in its trace.'
          : 'The threshold learns from this hit, where it was one by meaning.'}
      </p>
    </ConfirmDialog>
  );
}
