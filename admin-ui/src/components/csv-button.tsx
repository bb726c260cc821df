import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { download } from '../api/download';

interface CsvButtonProps {
  /** Of the API, with the query that the page shows. */
  readonly path: string;
  readonly file: string;
}

/** The figures of a page as a file. */
export function CsvButton({ path, file }: CsvButtonProps) {
  const save = useMutation({
    mutationFn: () => download(path, file),
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
