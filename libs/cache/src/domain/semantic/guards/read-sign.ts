import { isLetter, isNumber, operatorAt } from './operators';
import { readNumber } from './read-number';
import { term, type Found, type Term } from './term';
import type { Token } from './tokens';
import { isFunctionWord } from './words/function-words';
import { isCurrencySign } from './words/currencies';

const NEGATIVE = new Set(['minus', 'negative']);
/** A sign right after one of these belongs to what follows. */
const BEFORE_SIGNS = new Set(['(', '[', '{', '=', '==', '!=', '<', '>', '<=', '>=', '^', '*', '/', ',', ':', ';', '"']);
const PREFIXES = new Set(['-', '!', '~', '&', '|']);
const SUFFIXES = new Set(['+', '-']);
const YEAR = /^(?:1[5-9]|20)\d{2}$/;

/** An operator, a number below zero (`-40`, `minus 40`), or what a sign makes of its letter, word or number: `O-`, `-x`, `!done`, `5!`. */
export function readSign(tokens: readonly Token[], at: number, before: readonly Term[]): Found | null {
  const token = tokens[at];
  if (token === undefined || (token.kind !== 'symbol' && token.kind !== 'word')) return null;
  const operator = operatorAt(tokens, at, before);
  if (operator) return { terms: [term(`s:${operator.sign}`, 'operator', token.raw)], tokens: operator.tokens };
  if (token.kind === 'word') return NEGATIVE.has(token.word) ? negative(tokens, at) : null;
  const key = suffixed(tokens, at) ?? (isBeforeItsOperand(tokens, at) ? prefixed(tokens, at) : undefined);
  if (key !== undefined) return { terms: [term(key, 'sign', key)], tokens: 1 };
  return token.raw === '-' && isBeforeItsOperand(tokens, at) ? negative(tokens, at) : null;
}

/** `-40`, `-$5`; not `covid-19`, `2-3`, `- 40` */
function isBeforeItsOperand(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return tokens[at + 1]?.glued === true && (token?.glued !== true || BEFORE_SIGNS.has(tokens[at - 1]?.raw ?? ''));
}

function negative(tokens: readonly Token[], at: number): Found | null {
  const next = tokens[at + 1];
  if (next === undefined || !(isNumber(next) || isCurrencySign(next.raw))) return null;
  const found = readNumber(tokens, at + 1, []);
  const [number, ...others] = found?.terms ?? [];
  if (found === null || number?.kind !== 'number') return null;
  const below = term(`n:-${number.key.slice(2)}`, 'number', `-${number.raw}`);
  return { terms: [below, ...others], tokens: found.tokens + 1 };
}

/** `-x`, `!done`, `!5`, `~a`, `&p`, `|x`; a bullet before a word is none. */
function prefixed(tokens: readonly Token[], at: number): string | undefined {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined || next === undefined || !PREFIXES.has(token.raw)) return undefined;
  if (token.initial && (token.raw === '|' || (token.raw === '-' && isFunctionWord(next.word)))) return undefined;
  const isOperand =
    isLetter(next) ||
    (token.raw === '!' && next.kind !== 'symbol') ||
    (token.raw === '|' && (next.kind === 'number' || next.raw === '-'));
  return isOperand ? token.raw + next.word : undefined;
}

/** `O-`, `Na+`, `Disney+`, `5!`; not `10+`, `in- and outside`, `2019!` */
function suffixed(tokens: readonly Token[], at: number): string | undefined {
  const [last, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (
    last === undefined ||
    token?.glued !== true ||
    (next?.glued && (next.kind !== 'symbol' || next.raw === token.raw))
  )
    return undefined;
  if (last.glued && tokens[at - 2]?.kind === 'number') return undefined; // 250k+
  const isSigned =
    token.raw === '!'
      ? last.kind === 'number' && !YEAR.test(last.raw)
      : SUFFIXES.has(token.raw) && (last.kind === 'word' || last.kind === 'code') && mayBear(last, token.raw);
  return isSigned ? last.word + token.raw : undefined;
}

/** Of a hyphen what is short and no word of its own: `pre- and postwar`. */
const mayBear = ({ word, kind }: Token, sign: string): boolean =>
  sign === '+' || kind === 'code' || word.length === 1 || (word.length === 2 && !isFunctionWord(word));
