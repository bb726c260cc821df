import { readText, type Reading } from './guards/reading';
import { isSign } from './guards/term';
import { areSynonyms, isDispensable } from './guards/words/wording';
import { areNearlySpelled } from './near-spelling';

/** What a pair's features are called, in their order. All are higher the more two texts are alike. */
export const PAIR_FEATURES = ['cosine', 'cosine above 0.8', 'content words', 'letter trigrams'] as const;

/** Where the cosines of most embedders begin to tell paraphrases from mere neighbours; above it a line of its own. */
const STEEP_FROM = 0.8;
/** Content words of a text that are looked at. */
const MAX_WORDS = 100;
/** A word that says little, as "way" or "get", counts so much; another counts 1. */
const DISPENSABLE_WEIGHT = 0.3;
/** A word that stands for one of the other text, or is misspelt, is so much of it. */
const STAND_IN = 0.7;

/** Features of two texts in any order, each 0 to 1 (the cosine -1 to 1); null: they are the same but for case and punctuation. */
export function pairFeatures(
  asked: string,
  stored: string,
  cosine: number,
  read: (text: string) => Reading = readText,
): readonly number[] | null {
  if (asked === stored) return null;
  const [one, other] = [read(asked), read(stored)];
  if (one.plain !== '' && one.plain === other.plain) return null;
  const steep = Math.max(0, cosine - STEEP_FROM) / (1 - STEEP_FROM);
  return [cosine, steep, wordsInCommon(one, other), trigramsInCommon(one.plain, other.plain)];
}

/** Share of the content words of both texts that the other has too. */
function wordsInCommon(one: Reading, other: Reading): number {
  const [ours, theirs] = [contentOf(one), contentOf(other)];
  const [a, b] = [foundIn(ours, theirs), foundIn(theirs, ours)];
  const all = a.all + b.all;
  return all === 0 ? 0 : (a.found + b.found) / all;
}

function contentOf({ terms }: Reading): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { kind, key } of terms) {
    if (kind === 'function' || isSign(kind)) continue;
    words.add(key);
    if (words.size === MAX_WORDS) break;
  }
  return words;
}

function foundIn(words: ReadonlySet<string>, others: ReadonlySet<string>): { found: number; all: number } {
  let [found, all] = [0, 0];
  for (const word of words) {
    const weight = isDispensable(word) ? DISPENSABLE_WEIGHT : 1;
    all += weight;
    if (others.has(word)) found += weight;
    else if (hasStandIn(word, others)) found += STAND_IN * weight;
  }
  return { found, all };
}

function hasStandIn(word: string, others: ReadonlySet<string>): boolean {
  for (const other of others) if (areSynonyms(word, other) || areNearlySpelled(word, other)) return true;
  return false;
}

/** Dice's coefficient of the sets of three letters in a row, over word forms. */
function trigramsInCommon(one: string, other: string): number {
  const [ours, theirs] = [trigramsOf(one), trigramsOf(other)];
  const all = ours.size + theirs.size;
  let shared = 0;
  for (const trigram of ours) if (theirs.has(trigram)) shared++;
  return all === 0 ? 0 : (2 * shared) / all;
}

/** As numbers: three code units, each less than 2^16, in a safe integer. */
function trigramsOf(plain: string): ReadonlySet<number> {
  const trigrams = new Set<number>();
  let [a, b] = [SPACE, plain.charCodeAt(0)];
  for (let i = 1; i < plain.length; i++) {
    const c = plain.charCodeAt(i);
    trigrams.add((a * UNIT + b) * UNIT + c);
    [a, b] = [b, c];
  }
  return trigrams;
}

const SPACE = 32;
const UNIT = 0x1_0000;
