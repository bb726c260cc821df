import { ActionIcon, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { download } from '../../../api/download';
import { rangeQuery, type TimeRange } from '../../../state/time-range';
import type { TraceFilters } from '../trace-filters';
import { withoutOrder } from '../traces.queries';

/** Rows that a browser takes into its memory to save them; the API itself gives ten million. */
const MAX_ROWS = 100_000;

interface ExportMenuProps {
  readonly filters: TraceFilters;
  readonly range: TimeRange;
}

export function ExportMenu({ filters, range }: ExportMenuProps) {
  const save = (format: 'csv' | 'jsonl'): void => {
    const rows = String(MAX_ROWS);
    const query = new URLSearchParams({ ...rangeQuery(range), ...withoutOrder(filters), format, rows });
    void download(`/api/traces/export?${query}`, `traces.${format}`).catch((error: unknown) =>
      notifications.show({
        color: 'red',
        title: 'No export',
        message: String(error instanceof Error ? error.message : error),
      }),
    );
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={30} title="Export" aria-label="Export">
          <IconDownload size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save('csv')}>As CSV</Menu.Item>
        <Menu.Item onClick={() => save('jsonl')}>As JSON lines</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
