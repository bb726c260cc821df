import { SegmentedControl, Select } from '@mantine/core';
import { formatDuration } from '../../format/duration';
import { DAYS, TARGETS_MS, useCapacityView } from './capacity-view';

export function CapacityTools() {
  const { view, change } = useCapacityView();
  return (
    <div className="capacity-tools">
      <SegmentedControl
        size="xs"
        aria-label="Days that are looked at"
        data={DAYS.map((days) => ({ value: String(days), label: `${days} d` }))}
        value={String(view.days)}
        onChange={(days) => change({ days: days === '7' ? null : days })}
      />
      <label>
        <span>Accepted wait, P90</span>
        <Select
          size="xs"
          w={100}
          allowDeselect={false}
          aria-label="Accepted wait, P90"
          data={TARGETS_MS.map((ms) => ({ value: String(ms), label: formatDuration(ms) }))}
          value={String(view.targetWaitMs)}
          onChange={(wait) => change({ wait: wait === '1000' ? null : wait })}
        />
      </label>
    </div>
  );
}
