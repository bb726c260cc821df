/** Not inside a word; `\b` knows ASCII letters only. */
const START = '(?<![\\p{L}\\d])';
const END = '(?![\\p{L}\\d])';

/** Finds any of the phrases as whole words, in any case. Phrases have bounded repetition only, so a search is linear in the text. */
export function anyOf(...phrases: readonly string[]): RegExp {
  return new RegExp(`${START}(?:${phrases.join('|')})${END}`, 'iu');
}

/** Finds any of the phrases where a sentence begins, after words of courtesy. */
export function sentenceBeginsWith(courtesy: string, ...phrases: readonly string[]): RegExp {
  return new RegExp(
    `(?:^|[.!?;:,\\n])[\\s"']{0,4}(?:(?:${courtesy})[\\s,]{1,3}){0,3}(?:${phrases.join('|')})${END}`,
    'iu',
  );
}

/** Typographic apostrophes as people type them otherwise, runs of blanks as one. */
export function plainText(text: string): string {
  return text
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[^\S\n]{1,100}/g, ' ')
    .trim();
}
