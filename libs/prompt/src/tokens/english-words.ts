/**
 * Words that are frequent in English and rare elsewhere. Tokenizers spend fewer tokens on English than on other languages in the
 * same letters, so how many of these occur says what a Latin letter costs.
 */
const WORDS =
  'the of and to that with this are you is it for what how can have from not was which they would there when about your will has should write each';

const SHORTEST = 2;
const LONGEST = 6;
const LETTERS = 26;
const FIRST_LETTER = 0x61; // a

/** By length, first and last letter: one look for a word, at the price of a few strangers such as `tie` for `the`. */
const table = new Uint8Array((LONGEST - SHORTEST + 1) * LETTERS * LETTERS);
for (const word of WORDS.split(' '))
  table[slotOf(word.length, word.charCodeAt(0), word.charCodeAt(word.length - 1))] = 1;

function slotOf(length: number, first: number, last: number): number {
  return ((length - SHORTEST) * LETTERS + first - FIRST_LETTER) * LETTERS + last - FIRST_LETTER;
}

/** Whether a run of lower case ASCII letters, from `start` up to `end`, looks like one of the words: 1 or 0. */
export function looksEnglish(text: string, start: number, end: number): number {
  const length = end - start;
  if (length < SHORTEST || length > LONGEST) return 0;
  return table[slotOf(length, text.charCodeAt(start), text.charCodeAt(end - 1))] ?? 0;
}
