import { shareOut, type SlotDemand } from './share-out';

/** What the ledger knows of one process in one pool. */
export interface Holding extends SlotDemand {
  readonly granted: number;
  readonly kept: number;
  readonly limit: number;
}

interface Settlement {
  readonly granted: number;
  readonly share: number;
  readonly limit: number;
  readonly short: boolean;
  readonly called: boolean;
}

interface Circumstances {
  readonly now: number; // the ledger's clock, ms
  /** The ledger remembers too little: it believes what is said to be kept, and gives nothing else out. */
  readonly amnesia: boolean;
}

/** A process that lost its lease goes on using what it uses, so that counts as well. */
const occupied = ({ granted, kept }: Holding): number => Math.max(granted, kept);

/**
 * Settles the claim of `holdings[at]` (its `granted`: what it was granted before) against the other living processes, whose slots are
 * theirs until they give them back. All in the order of their names, so that everybody's share comes out the same whoever asks.
 */
export function settleClaim(holdings: readonly Holding[], at: number, { now, amnesia }: Circumstances): Settlement {
  const mine = holdings[at];
  if (!mine) throw new RangeError(`no process ${at} of ${holdings.length}`);
  const limit = Math.min(...holdings.map((holding) => holding.limit));
  const shares = shareOut(holdings, limit, now);
  const share = shares[at] ?? 0;
  const others = holdings.reduce((sum, holding, i) => (i === at ? sum : sum + occupied(holding)), 0);
  const free = Math.max(0, limit - others);
  const keeps = Math.min(mine.kept, amnesia ? free : mine.granted);
  const granted = amnesia ? keeps : Math.max(keeps, Math.min(share, free));
  const othersLack = holdings.some((holding, i) => i !== at && holding.granted < holding.needed);
  const called = othersLack || others + Math.max(granted, mine.kept) > limit;
  return { granted, share, limit, short: granted < mine.needed, called };
}
