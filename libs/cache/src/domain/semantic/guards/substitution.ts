import { areAlike } from './alike';
import { contradiction } from './difference';
import type { Guard } from './guard';
import { isSign, type Term } from './term';
import { maySayTheSame } from './words/units';
import { areSynonyms, isDispensable } from './words/wording';

/** Terms of a slot: longer differences are other wording. */
const LONGEST_SLOT = 2;
/** Terms that must be alike around it. */
const FEWEST_SHARED = 3;

/** Kinds of terms that this guard looks at; numbers and dates have their own. */
const COMPARED: ReadonlySet<Term['kind']> = new Set<Term['kind']>(['word', 'entity', 'code', 'unit']);

/** The same sentence with another word in one place, unless one word may stand for the other. Catches names that no list has. */
export const substitution: Guard = (asked, stored) => {
  const a = asked.terms.filter(isContent);
  const b = stored.terms.filter(isContent);
  let start = 0;
  while (start < a.length && start < b.length && a[start]?.key === b[start]?.key) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end)?.key === b.at(-1 - end)?.key) end++;
  if (start + end < FEWEST_SHARED) return null;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length > LONGEST_SLOT || right.length > LONGEST_SLOT) return null;
  const [only, other] = [ownWords(left, right), ownWords(right, left)];
  return only.length === 0 || other.length === 0 ? null : contradiction(only, other);
};

const isContent = ({ kind }: Term): boolean => !isSign(kind);

/** What is decisive in one slot and has no counterpart in the other. Where names stand against each other, any word is decisive. */
function ownWords(slot: readonly Term[], others: readonly Term[]): Term[] {
  const namesThere = slot.length === 1 && others.length === 1 && others.some(isName);
  return slot.filter(
    ({ key, kind }) =>
      COMPARED.has(kind) && (namesThere || !isDispensable(key)) && !others.some((other) => mayStandFor(key, other.key)),
  );
}

const isName = ({ kind, named }: Term): boolean => kind === 'entity' || named;
const mayStandFor = (a: string, b: string): boolean =>
  a === b || areSynonyms(a, b) || maySayTheSame(a, b) || areAlike(a, b);
