import { datesOf } from './dates';
import { differenceOf, isSwap } from './difference';
import { amountsOf, unitsApart } from './numbers';
import { readText, type Reading } from './reading';
import type { Term } from './term';
import { versionsOf } from './versions';

/** Longer texts are not read, in UTF-16 code units once compatibility forms are resolved. Two of this length take 5 ms, two of the most hostile 20 ms. */
const MAX_READ = 8_192;

/** What numbers the items of a list, or a heading: `1.`, `- 2)`, `## Step 3:`. */
const LIST_NUMBER = /^[ \t#>*_-]{0,10}(?:step[ \t]{1,4})?\d{1,3}[.):](?=[\s*_])/gim;

type Facts = (text: Reading, other: Reading) => readonly Term[];

/** What is told without any doubt about its kind: not names, negations and directions, which long texts differ in anyway. */
const KINDS: readonly Facts[] = [
  amountsOf,
  datesOf,
  versionsOf,
  ({ terms }) => terms.filter(({ kind }) => kind === 'code' || kind === 'link'),
];

/**
 * Whether two longer texts tell different amounts, dates, versions, codes or links: one of them has a fact that the other has not, or
 * each has some more often than the other. To repeat one is no difference. Null: too long to say.
 */
export function factsDiffer(one: string, other: string): boolean | null {
  if (isTooLong(one) || isTooLong(other)) return null;
  const [left, right] = [read(one), read(other)];
  return KINDS.some((factsOf) => differ(factsOf(left, right), factsOf(right, left))) || isSwap(unitsApart(left, right));
}

const isTooLong = (text: string): boolean => text.length > MAX_READ || text.normalize('NFKC').length > MAX_READ;

const read = (text: string): Reading => readText(text.replace(LIST_NUMBER, ''), MAX_READ);

function differ(left: readonly Term[], right: readonly Term[]): boolean {
  const difference = differenceOf(left, right);
  return isSwap(difference) || lacks(difference.asked, right) || lacks(difference.stored, left);
}

/** Whether there is one that the others do not have at all. */
function lacks(terms: readonly Term[], others: readonly Term[]): boolean {
  if (terms.length === 0) return false;
  const known = new Set(others.map(({ key }) => key));
  return terms.some(({ key }) => !known.has(key));
}
