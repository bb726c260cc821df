import { contradiction } from './difference';
import type { Guard } from './guard';
import type { Term } from './term';
import { ANTONYMS, ANTONYMS_IN_PLACE } from './words/antonyms';

/** Prefixes that turn a word around, with the fewest code units of what must follow: `income` is not the opposite of `come`. */
const PREFIXES: ReadonlyMap<string, number> = new Map([
  ...['un', 'dis', 'non', 'mis', 'anti'].map((prefix) => [prefix, 4] as const),
  ...['in', 'im', 'ir', 'il', 'de'].map((prefix) => [prefix, 6] as const),
]);

/** A word on one side, its opposite on the other, and neither has both. */
export const antonyms: Guard = (asked, stored) => {
  for (const [at, term] of asked.terms.entries()) {
    if (stored.keys.has(term.key)) continue;
    const opposite = stored.terms.find(
      (other, index) =>
        !asked.keys.has(other.key) &&
        (areOpposites(term.key, other.key) ||
          (ANTONYMS_IN_PLACE.get(term.key)?.has(other.key) && haveNeighbour(asked.terms, at, stored.terms, index))),
    );
    if (opposite) return contradiction([term], [opposite]);
  }
  return null;
};

const areOpposites = (a: string, b: string): boolean =>
  ANTONYMS.get(a)?.has(b) === true || differByPrefix(a, b) || differByPrefix(b, a);

function differByPrefix(long: string, short: string): boolean {
  if (long.length <= short.length || !long.endsWith(short)) return false;
  return short.length >= (PREFIXES.get(long.slice(0, long.length - short.length)) ?? Infinity);
}

/** Whether the same word stands before, or after, both. */
function haveNeighbour(a: readonly Term[], at: number, b: readonly Term[], index: number): boolean {
  const [before, after] = [a[at - 1]?.key, a[at + 1]?.key];
  return (before !== undefined && before === b[index - 1]?.key) || (after !== undefined && after === b[index + 1]?.key);
}
