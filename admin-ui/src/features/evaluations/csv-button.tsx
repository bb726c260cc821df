import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { download } from '../../api/download';
import { csvPath } from './evaluations.queries';
import type { EvaluationView } from './evaluation-view';

/** The same figures, with their intervals, as a file. */
export function CsvButton({ view }: { readonly view: EvaluationView }) {
  const save = useMutation({
    mutationFn: () => download(csvPath(view), `evaluations-by-${view.by}.csv`),
    onError: ({ message }) => notifications.show({ color: 'red', title: 'No file', message }),
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={15} />}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      CSV
    </Button>
  );
}
