import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { PeriodFilter } from '../../../components/period-filter';
import { useUrlState } from '../../../state/url-state';
import { rulesQuery, SEVERITIES, STATES, type AlertFilters } from '../alerts.queries';

interface AlertFilterBarProps {
  readonly filters: AlertFilters;
  readonly onClear: (() => void) | null;
}

export function AlertFilterBar({ filters, onClear }: AlertFilterBarProps) {
  const [, change] = useUrlState();
  const rules = useQuery(rulesQuery).data?.data.map(({ id }) => id) ?? [];
  const known = filters.rule === null || rules.includes(filters.rule) ? rules : [filters.rule, ...rules];
  return (
    <div className="alerts-tools">
      <div>
        <Choice name="State" data={STATES} value={filters.state} onChange={(state) => change({ state })} />
        <Choice
          name="Severity"
          data={SEVERITIES}
          value={filters.severity}
          onChange={(severity) => change({ severity })}
        />
        <Choice name="Rule" data={known} value={filters.rule} onChange={(rule) => change({ rule })} />
        <PeriodFilter />
        {onClear ? (
          <Button variant="subtle" size="compact-xs" onClick={onClear}>
            Clear filters
          </Button>
        ) : null}
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly data: readonly string[];
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

function Choice({ name, data, value, onChange }: ChoiceProps) {
  const any = `Any ${name.toLowerCase()}`;
  return (
    <Select
      size="xs"
      w={140}
      aria-label={name}
      placeholder={any}
      data={[...data]}
      value={value}
      clearable
      clearButtonProps={{ 'aria-label': any }}
      onChange={onChange}
    />
  );
}
