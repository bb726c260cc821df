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
  const units = otherUnits(differenceOf(ofKind(asked, 'unit'), ofKind(stored, 'unit')));
  return isSwap(units) ? contradiction(units.asked, units.stored) : null;
};

const ofKind = ({ terms }: Reading, kind: Term['kind']): Term[] => terms.filter((term) => term.kind === kind);

/** Without what may be meant by a unit of the other side. */
function otherUnits({ asked, stored }: Difference): Difference {
  const lacks = (others: readonly Term[]) => (one: Term) => !others.some(({ key }) => maySayTheSame(one.key, key));
  return { asked: asked.filter(lacks(stored)), stored: stored.filter(lacks(asked)) };
}

/** Numbers but for 1, years, a `top 10` where the other side has none, and what the other side writes as a version or an ordinal. */
function amountsOf({ terms }: Reading, other: Reading): Term[] {
  return terms.filter((term, at) => {
    if (term.kind !== 'number' || term.key === 'n:1' || isYear(term)) return false;
    if (isOfList(terms, at) && !other.terms.some((_term, index) => isOfList(other.terms, index))) return false;
    const value = term.key.slice(2);
    return !other.keys.has(`v:${value}`) && !other.keys.has(`o:${value}`);
  });
}

/** How many are listed is a matter of taste: `top 10`, `best 5`. */
function isOfList(terms: readonly Term[], at: number): boolean {
  const before = terms[at - 1]?.key;
  return terms[at]?.kind === 'number' && (before === 'top' || before === 'best');
}
