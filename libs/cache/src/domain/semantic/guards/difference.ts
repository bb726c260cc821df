import type { Contradiction } from './guard';
import type { Term } from './term';

/** Terms of one side that the other lacks, counting how often each occurs. */
export interface Difference {
  readonly asked: readonly Term[];
  readonly stored: readonly Term[];
}

export function differenceOf(asked: readonly Term[], stored: readonly Term[]): Difference {
  return { asked: without(asked, stored), stored: without(stored, asked) };
}

function without(terms: readonly Term[], others: readonly Term[]): Term[] {
  if (terms.length === 0) return [];
  const left = new Map<string, number>();
  for (const { key } of others) left.set(key, (left.get(key) ?? 0) + 1);
  return terms.filter(({ key }) => {
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

export const contradiction = (asked: readonly Term[], stored: readonly Term[]): Contradiction => ({
  asked: asked.map(({ raw }) => raw).join(' '),
  stored: stored.map(({ raw }) => raw).join(' '),
});

/** Each side says something that the other does not. */
export const isSwap = ({ asked, stored }: Difference): boolean => asked.length > 0 && stored.length > 0;
export const isAny = ({ asked, stored }: Difference): boolean => asked.length > 0 || stored.length > 0;
