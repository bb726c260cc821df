import { contradiction, differenceOf, isAny, isSwap, type Difference } from './difference';
import type { Guard } from './guard';
import { isYear } from './dates';
import type { Reading } from './reading';
import type { Term } from './term';
import { maySayTheSame } from './words/units';

/** Other numbers, ordinals or units, those of money among them. `a mile` and `1 mile` agree. */
export const numbers: Guard = (asked, stored) => {
  const amounts = differenceOf(amountsOf(asked, stored), amountsOf(stored, asked));
  if (isAny(amounts)) return contradiction(amounts.asked, amounts.stored);
  const ordinals = differenceOf(ofKind(asked, 'ordinal'), ofKind(stored, 'ordinal'));
  if (isSwap(ordinals)) return contradiction(ordinals.asked, ordinals.stored);
  const units = unitsApart(asked, stored);
  return isSwap(units) ? contradiction(units.asked, units.stored) : null;
};

const ofKind = ({ terms }: Reading, kind: Term['kind']): Term[] => terms.filter((term) => term.kind === kind);

/** Units of one side but for those that may be meant by one of the other side; each once, as texts have thousands of them and languages some hundred. */
export function unitsApart(one: Reading, other: Reading): Difference {
  const { asked, stored } = differenceOf(ofKind(one, 'unit'), ofKind(other, 'unit'));
  const [left, right] = [distinct(asked), distinct(stored)];
  const lacks = (others: readonly Term[]) => (unit: Term) => !others.some(({ key }) => maySayTheSame(unit.key, key));
  return { asked: left.filter(lacks(right)), stored: right.filter(lacks(left)) };
}

const distinct = (terms: readonly Term[]): Term[] => [...new Map(terms.map((term) => [term.key, term])).values()];

/** Numbers but for 1, years, a `top 10` where the other side has none, and what the other side writes as a version or an ordinal. */
export function amountsOf({ terms }: Reading, other: Reading): Term[] {
  const otherLists = other.terms.some((_term, at) => isOfList(other.terms, at));
  return terms.filter((term, at) => {
    if (term.kind !== 'number' || term.key === 'n:1' || isYear(term)) return false;
    if (!otherLists && isOfList(terms, at)) return false;
    const value = term.key.slice(2);
    return !other.keys.has(`v:${value}`) && !other.keys.has(`o:${value}`);
  });
}

/** How many are listed is a matter of taste: `top 10`, `best 5`. */
function isOfList(terms: readonly Term[], at: number): boolean {
  const before = terms[at - 1]?.key;
  return terms[at]?.kind === 'number' && (before === 'top' || before === 'best');
}
