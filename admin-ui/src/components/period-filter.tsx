import { Select, TextInput } from '@mantine/core';
import { BETWEEN, isoOf, localInput, PERIODS, usePeriod } from '../state/period';
import { useUrlState } from '../state/url-state';

const CHOICES = [
  ...Object.entries(PERIODS).map(([value, { label }]) => ({ value, label })),
  { value: BETWEEN, label: 'Between …' },
];

/** When: any time, the last so many days, or between two moments. Kept in the address (`usePeriod`). */
export function PeriodFilter() {
  const period = usePeriod();
  const [, change] = useUrlState();
  const value = period.kind === 'last' ? period.name : period.kind === 'between' ? BETWEEN : null;
  return (
    <>
      <Select
        size="xs"
        w={130}
        aria-label="When"
        placeholder="Any time"
        data={CHOICES}
        value={value}
        clearable
        clearButtonProps={{ 'aria-label': 'Any time' }}
        onChange={(next) => change({ period: next, after: null, before: null })}
      />
      {period.kind === 'between' ? (
        <>
          <TextInput
            size="xs"
            type="datetime-local"
            aria-label="After"
            value={localInput(period.after)}
            onChange={(event) => change({ after: isoOf(event.currentTarget.value) })}
          />
          <TextInput
            size="xs"
            type="datetime-local"
            aria-label="Before"
            value={localInput(period.before)}
            onChange={(event) => change({ before: isoOf(event.currentTarget.value) })}
          />
        </>
      ) : null}
    </>
  );
}
