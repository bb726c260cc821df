import { areAlike } from './alike';
import { contradiction, isSwap } from './difference';
import type { Guard } from './guard';
import type { Reading } from './reading';
import type { Term } from './term';

/** Other names: of places, products, people; known ones, and what is written with a capital in mid-sentence. */
export const entities: Guard = (asked, stored) => {
  const names = { asked: namesOf(asked, stored), stored: namesOf(stored, asked) };
  return isSwap(names) ? contradiction(names.asked, names.stored) : null;
};

const namesOf = ({ terms }: Reading, other: Reading): Term[] =>
  terms.filter(
    (term) => isName(term) && !other.keys.has(term.key) && !other.terms.some(({ key }) => areAlike(key, term.key)),
  );

const isName = ({ kind, named }: Term): boolean => kind === 'entity' || (named && kind === 'word');
