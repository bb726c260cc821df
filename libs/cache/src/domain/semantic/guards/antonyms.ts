import { counterpartsOf } from './counterparts';
import { contradiction } from './difference';
import type { Guard } from './guard';
import type { Reading } from './reading';
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
    const opposite = oppositeIn(stored, asked, term) ?? oppositeInPlace(stored, asked, at);
    if (opposite) return contradiction([term], [opposite]);
  }
  const unprefixed = stored.terms.find(
    ({ key }) => !asked.keys.has(key) && basesOf(key).some((base) => isOwn(base, asked, stored)),
  );
  if (unprefixed === undefined) return null;
  const base = asked.terms.find(({ key }) => basesOf(unprefixed.key).includes(key));
  return base ? contradiction([base], [unprefixed]) : null;
};

/** What of `reading` turns a term of `other` around: a known opposite, the term without its prefix, or its counterpart. */
function oppositeIn(reading: Reading, other: Reading, { key }: Term): Term | undefined {
  for (const opposite of [...(ANTONYMS.get(key) ?? []), ...basesOf(key), ...counterpartsOf(key)]) {
    if (isOwn(opposite, reading, other)) return reading.terms.find((term) => term.key === opposite);
  }
  return undefined;
}

function oppositeInPlace(reading: Reading, other: Reading, at: number): Term | undefined {
  for (const opposite of ANTONYMS_IN_PLACE.get(other.terms[at]?.key ?? '') ?? []) {
    if (!isOwn(opposite, reading, other)) continue;
    const index = reading.terms.findIndex(
      (term, i) => term.key === opposite && haveNeighbour(other.terms, at, reading.terms, i),
    );
    if (index >= 0) return reading.terms[index];
  }
  return undefined;
}

const isOwn = (key: string, reading: Reading, other: Reading): boolean => reading.keys.has(key) && !other.keys.has(key);

/** `lock` of `unlock`; none for most words. */
function basesOf(key: string): string[] {
  const bases: string[] = [];
  for (const [prefix, shortest] of PREFIXES) {
    if (key.length >= prefix.length + shortest && key.startsWith(prefix)) bases.push(key.slice(prefix.length));
  }
  return bases;
}

/** Whether the same word stands before, or after, both. */
function haveNeighbour(a: readonly Term[], at: number, b: readonly Term[], index: number): boolean {
  const [before, after] = [a[at - 1]?.key, a[at + 1]?.key];
  return (before !== undefined && before === b[index - 1]?.key) || (after !== undefined && after === b[index + 1]?.key);
}
