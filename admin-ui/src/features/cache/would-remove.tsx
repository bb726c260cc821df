import type { Schemas } from '../../api/client';
import { formatCount } from '../../format/number';

type Found = NonNullable<Schemas['InvalidatedCache']['wouldRemove']>;
type Counted = Found['total'];

interface WouldRemoveProps {
  readonly counting: boolean;
  readonly found: Found | null;
  readonly error: Error | null;
}

/** How many entries would go, by where they lie. */
export function WouldRemove({ counting, found, error }: WouldRemoveProps) {
  return (
    <div role="status" className="would-remove">
      {counting ? <p className="soft">Counting…</p> : null}
      {!counting && error ? <p className="soft foreign">They could not be counted: {error.message}</p> : null}
      {!counting && found ? <Counts found={found} /> : null}
    </div>
  );
}

function Counts({ found: { memory, redis, semantic, total } }: { readonly found: Found }) {
  return (
    <>
      <p>
        <b>
          {counted(total)} {total.count === 1 && !total.atLeast ? 'entry' : 'entries'}
        </b>{' '}
        <span className="soft">
          ({counted(memory)} in memory here{redis === null ? '' : `, ${counted(redis)} in Redis`}, {counted(semantic)}{' '}
          by meaning)
        </span>
      </p>
      <p className="soft">
        {total.atLeast ? 'There may be more: counting ended early. ' : ''}Copies in the memories of other processes are
        void too, and not counted.
      </p>
    </>
  );
}

const counted = ({ count, atLeast }: Counted): string => `${atLeast ? 'at least ' : ''}${formatCount(count)}`;
