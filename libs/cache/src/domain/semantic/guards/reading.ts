/** A word, number, symbol or link of a text. */
export interface Token {
  readonly raw: string; // as it was written
  readonly word: string; // lower case, quotes folded
  readonly kind: TokenKind;
  /** Begins a sentence, so that its capital says nothing. */
  readonly initial: boolean;
}

/** `code`: letters and digits mixed, or a name with a dot or an underscore in it. */
export type TokenKind = 'word' | 'number' | 'code' | 'link' | 'symbol';

/** A text, taken apart once for all guards. */
export interface Reading {
  /** All words with one space between them: two texts with the same plain text never contradict each other. */
  readonly plain: string;
  readonly tokens: readonly Token[];
  readonly words: ReadonlySet<string>;
}

/** Code units of one text that are looked at: questions are shorter, and a guard has to end whatever it is given. */
const MAX_READ = 8_192;

const LINK = /(?:https?:\/\/|www\.)[^\s<>"')\]]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/y;
const NUMBER = /\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,12})?(?![\d,])|\d{1,18}(?:[.:/-]\d{1,12}){0,6}/y;
const WORD = /[\p{L}\p{M}_][\p{L}\p{M}\d_]{0,200}(?:'[\p{L}]{1,20}|(?:\.[\p{L}\d]{2,20}){1,4}|\+\+|#)?/uy;

/** Takes a text apart; 100 characters take about 10 µs. */
export function readText(text: string): Reading {
  const tokens = tokensOf(fold(text.slice(0, MAX_READ)));
  const words = new Set<string>();
  let plain = '';
  for (const { word, kind } of tokens) {
    if (kind === 'symbol') continue;
    words.add(word);
    plain += `${word} `;
  }
  return { plain, tokens, words };
}

/** Compatibility forms (full width, ligatures), and one kind of apostrophe and quotation mark. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u0060\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"');
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let initial = true;
  while (at < text.length) {
    const char = text.charAt(at);
    const found = match(LINK, text, at) ?? match(NUMBER, text, at) ?? match(WORD, text, at);
    if (found === null) {
      if (!/\s/.test(char)) tokens.push({ raw: char, word: char, kind: 'symbol', initial: false });
      if (char === '.' || char === '?' || char === '!' || char === ':' || char === '\n') initial = true;
      at++;
      continue;
    }
    tokens.push({ raw: found, word: found.toLowerCase(), kind: 'word', initial });
    initial = false;
    at += found.length;
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
