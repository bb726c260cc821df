import { IconX } from '@tabler/icons-react';
import { chipsOf, NO_FILTERS, type TraceFilters } from '../trace-filters';
import type { UrlChange } from '../../../state/url-state';

interface FilterChipsProps {
  readonly filters: TraceFilters;
  readonly onChange: (change: UrlChange) => void;
}

export function FilterChips({ filters, onChange }: FilterChipsProps) {
  const chips = chipsOf(filters);
  if (chips.length === 0) return null;
  return (
    <div className="filter-chips">
      {chips.map(({ name, value, without }) => (
        <button
          key={`${name} ${value}`}
          type="button"
          className="filter-chip"
          title="Take this filter away"
          onClick={() => onChange(without)}
        >
          <span className="soft">{name}:</span> <span className="foreign">{value}</span>
          <IconX size={13} aria-hidden="true" />
        </button>
      ))}
      <button type="button" className="clear-filters" onClick={() => onChange(NO_FILTERS)}>
        Clear all
      </button>
    </div>
  );
}
