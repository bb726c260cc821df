import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { download } from '../../../api/download';
import { csvPath } from '../cost.queries';
import type { CostView } from '../cost-view';

/** The same figures as a file. */
export function CsvButton({ view }: { readonly view: CostView }) {
  const save = useMutation({
    mutationFn: () => download(csvPath(view), `usage-by-${view.groupBy}.csv`),
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
