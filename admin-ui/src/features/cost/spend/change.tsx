import { formatShare } from '../../../format/number';

/** Shares below this are no change. */
const LEAST = 0.001;

/** How much dearer or cheaper than before; more is not good, and not always bad. */
export function Change({ change }: { readonly change: number | null }) {
  if (change === null) return <span className="soft">–</span>;
  if (Math.abs(change) < LEAST) return <span className="soft">same</span>;
  return (
    <b className={change > 0 ? 'tone-warn' : 'tone-good'}>
      {change > 0 ? '↗' : '↘'} {formatShare(Math.abs(change))}
    </b>
  );
}
