import { contradiction, differenceOf, isAny } from './difference';
import type { Guard } from './guard';
import type { Reading } from './reading';
import type { Term } from './term';

/** Other versions: 3.1 and 3.10 are two of them. */
export const versions: Guard = (asked, stored) => {
  const difference = differenceOf(versionsOf(asked, stored), versionsOf(stored, asked));
  return isAny(difference) ? contradiction(difference.asked, difference.stored) : null;
};

export const versionsOf = ({ terms }: Reading, other: Reading): Term[] =>
  terms.filter(({ key, kind }) => kind === 'version' && !other.keys.has(`n:${key.slice(2)}`));
