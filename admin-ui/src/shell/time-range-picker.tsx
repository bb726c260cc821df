import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconClock } from '@tabler/icons-react';
import { formatTime } from '../format/time';
import { RANGES, useTimeRange, type RangeName, type TimeRange } from '../state/time-range';

export function TimeRangePicker() {
  const { range, setMoving } = useTimeRange();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconClock size={15} />}
          rightSection={<IconChevronDown size={14} />}
        >
          {labelOf(range)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(RANGES) as RangeName[]).map((name) => (
          <Menu.Item key={name} onClick={() => setMoving(name)}>
            {RANGES[name].label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const labelOf = (range: TimeRange): string =>
  range.kind === 'moving'
    ? RANGES[range.name].label
    : `${formatTime(new Date(range.from).toISOString())} – ${formatTime(new Date(range.to).toISOString())}`;
