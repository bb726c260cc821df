import { formatCompact } from '../../../format/number';
import type { TraceFilters } from '../trace-filters';
import { useTail } from './use-tail';

interface FreshPillProps {
  readonly filters: TraceFilters;
  readonly moving: boolean; // the list ends now, and its newest rows are its first
  readonly mayMove: () => boolean;
}

/** How many traces came since the list was fetched. Alone, so that the list is not drawn anew for each. */
export function FreshPill({ filters, moving, mayMove }: FreshPillProps) {
  const { fresh, take } = useTail(filters, moving, mayMove);
  if (fresh === 0) return null;
  return (
    <button type="button" className="fresh-pill" onClick={take}>
      {formatCompact(fresh)} new
    </button>
  );
}
