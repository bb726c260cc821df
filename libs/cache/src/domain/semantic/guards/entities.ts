import { areAlike } from './alike';
import { contradiction } from './difference';
import type { Guard } from './guard';
import type { Reading } from './reading';
import type { Term } from './term';
import { isOfNames } from './words/entities';

/** Names of one side that are compared: a question with more is compared by its first. */
const MOST_NAMES = 20;

/** Other names: of places, products, people; known ones, and what is written with a capital in mid-sentence. */
export const entities: Guard = (asked, stored) => {
  const others = namesOf(stored, asked);
  if (others.length === 0) return null;
  for (const name of namesOf(asked, stored)) {
    const other = others.find((candidate) => areOfOneKind(name, candidate));
    if (other) return contradiction([name], [other]);
  }
  return null;
};

const namesOf = ({ terms }: Reading, other: Reading): Term[] =>
  terms
    .filter((term) => isName(term) && !other.keys.has(term.key))
    .slice(0, MOST_NAMES)
    .filter((term) => !other.terms.some((candidate) => areAlike(candidate, term)));

const isName = ({ kind, named }: Term): boolean => kind === 'entity' || (named && kind === 'word');

/** A place is not exchanged for a person; what no list knows may be anything but of a mere kind, as a colour is. */
function areOfOneKind({ kinds: a }: Term, { kinds: b }: Term): boolean {
  if (a !== undefined && b !== undefined) return a.some((kind) => b.includes(kind));
  const known = a ?? b;
  return known === undefined || known.some(isOfNames);
}
