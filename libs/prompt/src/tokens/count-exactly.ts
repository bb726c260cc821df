import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/**
 * The merging of one word takes time by the square of its length: 200,000 times `a` took half a minute. So a text is cut where
 * nothing but letters, or nothing but spaces, came for so many characters; each cut may add one token.
 */
const MAX_WORD_CHARS = 1_024;
const LONG_WORD = new RegExp(String.raw`\S{${MAX_WORD_CHARS}}|\s{${MAX_WORD_CHARS}}`, 'g');

/** Names of control tokens in a prompt are text like any other. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Tokens of a text in o200k_base. Takes about 60 µs per 1,000 characters of English. */
export function countExactly(text: string): number {
  let tokens = 0;
  let from = 0;
  for (const word of text.matchAll(LONG_WORD)) {
    const end = word.index + MAX_WORD_CHARS;
    tokens += countTokens(text.slice(from, end), AS_TEXT);
    from = end;
  }
  return tokens + countTokens(text.slice(from), AS_TEXT);
}
