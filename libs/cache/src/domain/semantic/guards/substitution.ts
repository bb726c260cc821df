import { areAlike } from './alike';
import { contradiction } from './difference';
import type { Guard } from './guard';
import { isSign, type Term } from './term';
import { maySayTheSame } from './words/units';
import { areSynonyms, isDispensable } from './words/wording';

/** Terms of a slot: longer differences are other wording. */
const LONGEST_SLOT = 2;
/** Terms that must be alike around it; around one word in the place of one: `What is nitrate?`, `What is nitrite?` */
const FEWEST_SHARED = 3;
const FEWEST_SHARED_BY_ONE = 2;

/** Kinds of terms that this guard looks at; numbers and dates have their own, but `a third` may stand against `a quarter`. */
const COMPARED: ReadonlySet<Term['kind']> = new Set<Term['kind']>(['word', 'entity', 'code', 'unit', 'ordinal']);

/** The same sentence with another word in one place, unless one word may stand for the other. Catches names that no list has. */
export const substitution: Guard = (asked, stored) => {
  const a = asked.terms.filter(isContent);
  const b = stored.terms.filter(isContent);
  let start = 0;
  while (start < a.length && start < b.length && a[start]?.key === b[start]?.key) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end)?.key === b.at(-1 - end)?.key) end++;
  if (start + end < FEWEST_SHARED_BY_ONE) return null;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length > LONGEST_SLOT || right.length > LONGEST_SLOT) return null;
  if (start + end < FEWEST_SHARED && (left.length > 1 || right.length > 1)) return null;
  const [only, other] = [ownWords(left, right), ownWords(right, left)];
  return only.length === 0 || other.length === 0 ? null : contradiction(only, other);
};

const isContent = ({ kind }: Term): boolean => !isSign(kind);

/** What is decisive in one slot and has no counterpart in the other. Where names stand against each other, any word is decisive. */
function ownWords(slot: readonly Term[], others: readonly Term[]): Term[] {
  const isOneForOne = slot.length === 1 && others.length === 1;
  const namesThere = isOneForOne && others.some(isName);
  const lettersThere = isOneForOne && slot.every(isLetter) && others.every(isLetter);
  return slot.filter(
    (term) =>
      (COMPARED.has(term.kind) || lettersThere) &&
      (namesThere || !isDispensable(term.key)) &&
      !others.some((other) => mayStandFor(term, other)),
  );
}

/** `hepatitis a`, `ctrl y`, though these are words of their own; not `do i` and `do u`. */
const isLetter = ({ key }: Term): boolean => key.length === 1 && key !== 'i' && key !== 'u';
const isName = ({ kind, named }: Term): boolean => kind === 'entity' || named;
const mayStandFor = (a: Term, b: Term): boolean =>
  a.key === b.key || areSynonyms(a.key, b.key) || maySayTheSame(a.key, b.key) || areAlike(a, b);
