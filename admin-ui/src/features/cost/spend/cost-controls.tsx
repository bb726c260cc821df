import { CloseButton, SegmentedControl, Select } from '@mantine/core';
import { CsvButton } from '../../../components/csv-button';
import type { UrlChange } from '../../../state/url-state';
import { GROUPS, labelOf } from '../cost-groups';
import { type CostView } from '../cost-view';
import { csvPath } from '../cost.queries';
import { PERIODS } from '../period';

interface CostControlsProps {
  readonly view: CostView;
  readonly onChange: (next: UrlChange) => void;
}

/** What is told apart, when, and what it is narrowed to. All of it is in the address. */
export function CostControls({ view, onChange }: CostControlsProps) {
  const { groupBy, period, filters } = view;
  return (
    <div className="cost-tools">
      <Select
        size="xs"
        aria-label="Group by"
        allowDeselect={false}
        data={[...GROUPS]}
        value={groupBy}
        onChange={(by) => onChange({ by: by === 'tenant' ? null : by })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Period"
        data={PERIODS.map(({ id, label }) => ({ value: id, label }))}
        value={period.id}
        onChange={(id) => onChange({ period: id === 'month' ? null : id })}
      />
      {Object.entries(filters)
        .filter(([name]) => name !== 'tenant') // that one is in the header
        .map(([name, value]) => (
          <span key={name} className="cost-chip">
            <span className="soft">{labelOf(name)}</span> <span className="foreign">{value}</span>
            <CloseButton
              size={24}
              aria-label={`Any ${labelOf(name).toLowerCase()}`}
              onClick={() => onChange({ [name]: null })}
            />
          </span>
        ))}
      <span className="cost-tools-end">
        <CsvButton path={csvPath(view)} file={`usage-by-${view.groupBy}.csv`} />
      </span>
    </div>
  );
}
