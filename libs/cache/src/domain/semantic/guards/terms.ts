import { readDate } from './read-date';
import { readNumber } from './read-number';
import { readSign } from './read-sign';
import { stem } from './stem';
import { term, type Term } from './term';
import { rawOf, type Token } from './tokens';
import { quotedTokens } from './quoted-tokens';
import { entityAt } from './words/entities';
import { isFunctionWord } from './words/function-words';
import { longUnitAt, unitAt } from './words/units';

const SILENT = new Set([
  '.',
  ',',
  '?',
  '!',
  ';',
  ':',
  '"',
  "'",
  '(',
  ')',
  '[',
  ']',
  '-',
  '…',
  '¿',
  '¡',
  '*',
  '`',
  '~',
  '|',
  '_',
  '**',
  '||',
]);

/** The country: `us` is a word of its own. */
const US = /^(?:US|U\.S|u\.s)$/;

/** Reads tokens from left to right; each kind of term takes what it understands. */
export function termsOf(tokens: readonly Token[]): Term[] {
  const capitals = saysSomethingByCapitals(tokens);
  const quoted = quotedTokens(tokens);
  const terms: Term[] = [];
  for (let at = 0; at < tokens.length;) {
    const found = readSign(tokens, at, terms) ?? readDate(tokens, at) ?? readNumber(tokens, at, terms);
    if (found) {
      terms.push(...found.terms);
      at += found.tokens;
      continue;
    }
    at += readWord(tokens, at, terms, { capitals, quoted: quoted[at] === true });
  }
  return terms;
}

interface Marks {
  readonly capitals: boolean;
  readonly quoted: boolean;
}

function readWord(tokens: readonly Token[], at: number, terms: Term[], { capitals, quoted }: Marks): number {
  const token = tokens[at];
  if (token === undefined) return 1;
  const { raw, word, kind } = token;
  if (kind === 'symbol') return readSymbol(tokens, at, terms);
  const long = longUnitAt(tokens, at);
  if (long) {
    terms.push({ key: `u:${long.unit}`, kind: 'unit', raw: rawOf(tokens, at, long.tokens), named: false, quoted });
    return long.tokens;
  }
  const named = capitals && isNamed(token);
  const isSpelledOut = named && raw === raw.toUpperCase(); // EST is no French verb
  const isUs = US.test(raw);
  const entity = isUs ? entityAt(() => 'usa') : entityAt((offset) => spellingAt(tokens, at + offset));
  if (entity) {
    terms.push({ key: entity.key, kind: 'entity', raw, named, quoted, kinds: entity.kinds });
    return isUs ? 1 : entity.words;
  }
  const unit = unitAt(tokens, at);
  if (unit) terms.push({ key: `u:${unit.unit}`, kind: 'unit', raw, named: false, quoted });
  else if (kind === 'link' || kind === 'code') terms.push({ key: word, kind, raw, named, quoted });
  else
    terms.push({
      key: stem(word),
      kind: isFunctionWord(word) && !isSpelledOut ? 'function' : 'word',
      raw,
      named,
      quoted,
    });
  return 1;
}

/** `$` and `%` by themselves are units, as `dollars` and `percent` are. */
function readSymbol(tokens: readonly Token[], at: number, terms: Term[]): number {
  const raw = tokens[at]?.raw ?? '';
  const unit = unitAt(tokens, at);
  if (unit) terms.push(term(`u:${unit.unit}`, 'unit', rawOf(tokens, at, unit.tokens)));
  else if (!SILENT.has(raw)) terms.push(term(raw, 'symbol', raw));
  return unit?.tokens ?? 1;
}

function spellingAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at];
  if (token === undefined || token.kind === 'symbol') return undefined;
  return token.word.endsWith("'s") ? token.word.slice(0, -2) : token.word;
}

/** A capital in mid-sentence, or a word of capitals anywhere. */
function isNamed({ raw, initial }: Token): boolean {
  const first = raw.charCodeAt(0);
  if (first < 65 || (first > 90 && first < 0xc0) || raw.charAt(0) === raw.charAt(0).toLowerCase()) return false;
  if (raw.length < 2) return raw !== 'I' && !initial; // vitamin C
  return !initial || raw === raw.toUpperCase();
}

/** Of titles and shouting, capitals say nothing. */
function saysSomethingByCapitals(tokens: readonly Token[]): boolean {
  let words = 0;
  let capitals = 0;
  for (const { raw, kind, initial } of tokens) {
    if (kind !== 'word' || initial || raw.length < 2) continue;
    words++;
    if (raw.charAt(0) !== raw.charAt(0).toLowerCase()) capitals++;
  }
  return words > 0 && capitals / words < 0.6;
}
