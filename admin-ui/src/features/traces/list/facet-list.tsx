import type { ReactNode } from 'react';
import { formatCompact } from '../../../format/number';
import { FACETS, toggled, type FacetName, type TraceFilters } from '../trace-filters';
import type { UrlChange } from '../../../state/url-state';
import { MoreFilters } from './more-filters';
import './facet-list.css';

const MAX_VALUES = 12;
const BAR_PX = 34;

interface FacetValue {
  readonly value: string;
  readonly count: number;
}

interface FacetListProps {
  readonly facets: Readonly<Partial<Record<FacetName, readonly FacetValue[]>>>;
  readonly filters: TraceFilters;
  readonly onChange: (change: UrlChange) => void;
  readonly note: ReactNode; // why there are none, or old ones
}

/** Values to filter by, with how often they occur; "only" drops the others. */
export function FacetList({ facets, filters, onChange, note }: FacetListProps) {
  return (
    <aside className="facets" aria-label="Filters" tabIndex={0}>
      <MoreFilters filters={filters} onChange={onChange} />
      {note}
      {FACETS.map(({ name, label }) => {
        const values = facets[name];
        if (!values) return null;
        const most = Math.max(1, ...values.map(({ count }) => count));
        return (
          <fieldset key={name} className="facet facet-set">
            <legend className="facet-title strong">{label}</legend>
            {values.length === 0 ? <span className="soft">no values</span> : null}
            {values.slice(0, MAX_VALUES).map(({ value, count }) => (
              <div key={value} className="facet-value">
                <label>
                  <input
                    type="checkbox"
                    checked={filters.facets[name]?.includes(value) ?? false}
                    onChange={() => onChange(toggled(filters, name, value))}
                  />
                  <span className="foreign one-line" title={value}>
                    {value}
                  </span>
                </label>
                <button
                  type="button"
                  className="facet-only"
                  aria-label={`Only ${value}`}
                  onClick={() => onChange({ [name]: [value] })}
                >
                  only
                </button>
                <span className="facet-bar" style={{ width: Math.max(2, (count / most) * BAR_PX) }} />
                <span className="facet-count">{formatCompact(count)}</span>
              </div>
            ))}
          </fieldset>
        );
      })}
    </aside>
  );
}
