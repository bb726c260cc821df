import { contradiction, differenceOf, isAny } from './difference';
import type { Guard } from './guard';
import type { Reading } from './reading';
import type { Term } from './term';

/** Other days, months, weekdays, hours or years. */
export const dates: Guard = (asked, stored) => {
  const difference = differenceOf(datesOf(asked), datesOf(stored));
  return isAny(difference) ? contradiction(difference.asked, difference.stored) : null;
};

export const datesOf = ({ terms }: Reading): Term[] => terms.filter((term) => term.kind === 'date' || isYear(term));

/** A bare number that people use for years. */
export const isYear = ({ key, kind }: Term): boolean => kind === 'number' && /^n:(?:1[5-9]|20)\d{2}$/.test(key);
