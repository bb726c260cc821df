import type { UrlChange } from '../../../state/url-state';
import type { SingleName, TraceFilters } from '../trace-filters';

interface MoreFiltersProps {
  readonly filters: TraceFilters;
  readonly onChange: (change: UrlChange) => void;
}

interface Choice {
  readonly name: SingleName;
  readonly label: string;
  readonly values: readonly { readonly value: string; readonly label: string }[];
}

/** Filters of one value that no counts are kept of. */
const CHOICES: readonly Choice[] = [
  {
    name: 'minMs',
    label: 'Took at least',
    values: [
      { value: '200', label: '200 ms' },
      { value: '1000', label: '1 s' },
      { value: '5000', label: '5 s' },
      { value: '15000', label: '15 s' },
      { value: '60000', label: '1 min' },
    ],
  },
  {
    name: 'minCostUsd',
    label: 'Cost at least',
    values: ['0.001', '0.01', '0.1', '1'].map((value) => ({ value, label: `$${value}` })),
  },
  {
    name: 'feedback',
    label: 'Feedback',
    values: [
      { value: 'negative', label: 'bad' },
      { value: 'positive', label: 'good' },
    ],
  },
  {
    name: 'stream',
    label: 'Streamed',
    values: [
      { value: 'true', label: 'yes' },
      { value: 'false', label: 'no' },
    ],
  },
  {
    name: 'degraded',
    label: 'Degraded',
    values: [
      { value: 'true', label: 'yes' },
      { value: 'false', label: 'no' },
    ],
  },
];

export function MoreFilters({ filters, onChange }: MoreFiltersProps) {
  return (
    <div className="more-filters">
      {CHOICES.map(({ name, label, values }) => {
        const value = filters.single[name] ?? '';
        const known = value === '' || values.some((one) => one.value === value);
        return (
          <label key={name} className="more-filter">
            <span>{label}</span>
            <select value={value} onChange={(event) => onChange({ [name]: event.currentTarget.value || null })}>
              <option value="">any</option>
              {known ? null : <option value={value}>{value}</option>}
              {values.map((one) => (
                <option key={one.value} value={one.value}>
                  {one.label}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </div>
  );
}
