/** A word, number, symbol or link of a text. */
export interface Token {
  readonly raw: string; // as it was written
  readonly word: string; // lower case
  readonly kind: TokenKind;
  /** Begins a sentence, so that its capital says nothing. */
  readonly initial: boolean;
  /** Follows the token before without a space. */
  readonly glued: boolean;
}

/** `code`: letters and digits mixed, or a name with a dot, an underscore or a sign in it. */
export type TokenKind = 'word' | 'number' | 'code' | 'link' | 'symbol';

const LINK = /(?:https?:\/\/|www\.)[^\s<>"')\]]{1,500}|[\w.+]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/y;
const NUMBER =
  /\d{4}-\d{2}-\d{2}|\d{1,4}\/\d{1,2}\/\d{2,4}|\d{1,2}:\d{2}(?!\d)|\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,12})?(?![\d,])|\d{1,20}(?:[.,]\d{1,12}){0,6}/y;
const WORD = /[\p{L}\p{M}_][\p{L}\p{M}\d_]{0,60}(?:'\p{L}{1,20})?(?:\.[\p{Ll}][\p{Ll}\d]{1,20}){0,4}(?:\+\+|#)?/uy;
/** `B.Tech`, `u.s.`, `a.m.`: letters with dots. */
const ABBREVIATION = /\p{L}(?:\.\p{L}{1,4}){1,5}(?![\p{L}\d])/uy;
/** `W-2`, `T-20`: the hyphen is left out as often as not. */
const SHORT_CODE = /\p{L}{1,2}-\d{1,6}\p{L}{0,2}(?![\p{L}\d-])/uy;
/** A number below one without its zero. */
const FRACTION = /(?<![\p{L}\d.)\]])\.\d{1,12}(?!\d|\.\d)/uy;
/** Signs of more than one character that mean something else than each of them. */
const OPERATOR = /[!=]==?|<=|>=|<>|[-=]>|\*\*|&&|\|\||[-+*/]=/y;
const VERSION = /v\d{1,9}(?:\.\d{1,9}){1,5}/iuy;
const LINK_END = /[.,;:?!]{1,20}$/;
const HAS_SIGN = /[\d_.+#]/;

/** Splits a text; every character but white space ends up in a token. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let initial = true;
  for (let at = 0; at < text.length;) {
    const found = tokenAt(text, at);
    if (found === null) {
      initial ||= text.charAt(at) === '\n';
      at++;
      continue;
    }
    const [raw, kind] = found;
    tokens.push({
      raw,
      word: wordOf(raw, kind),
      kind,
      initial,
      glued: at > 0 && !isSpace(text.charCodeAt(at - 1)),
    });
    initial = kind === 'symbol' && (initial || raw === '.' || raw === '?' || raw === '!' || raw === ':');
    at += raw.length;
  }
  return tokens;
}

/** So many tokens as they were written. */
export function rawOf(tokens: readonly Token[], at: number, count: number): string {
  let text = '';
  for (const { raw, glued } of tokens.slice(at, at + count)) text += text === '' || glued ? raw : ` ${raw}`;
  return text;
}

/** Abbreviations without their dots, short codes without their hyphen. */
function wordOf(raw: string, kind: TokenKind): string {
  const word = raw.toLowerCase();
  if (kind === 'word') return word.replaceAll('.', '');
  return kind === 'code' ? word.replace('-', '') : word;
}

function tokenAt(text: string, at: number): [raw: string, kind: TokenKind] | null {
  const code = text.charCodeAt(at);
  if (isSpace(code)) return null;
  if (isDigit(code)) return [match(NUMBER, text, at) ?? text.charAt(at), 'number'];
  const fraction = match(FRACTION, text, at);
  if (fraction !== null) return [fraction, 'number'];
  const link = match(LINK, text, at);
  if (link !== null) return [link.replace(LINK_END, ''), 'link'];
  const short = match(VERSION, text, at) ?? match(SHORT_CODE, text, at);
  if (short !== null) return [short, 'code'];
  const abbreviation = match(ABBREVIATION, text, at);
  if (abbreviation !== null) return [abbreviation, 'word'];
  const word = match(WORD, text, at);
  if (word !== null) return [word, HAS_SIGN.test(word) ? 'code' : 'word'];
  const operator = match(OPERATOR, text, at);
  if (operator !== null) return [operator, 'symbol'];
  return [String.fromCodePoint(text.codePointAt(at) ?? code), 'symbol'];
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isSpace = (code: number): boolean => code <= 32 || code === 0xa0;

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
