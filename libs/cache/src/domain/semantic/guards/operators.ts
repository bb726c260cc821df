import type { Term } from './term';
import type { Token } from './tokens';
import { SMALL } from './words/numerals';
import { isCurrencySign } from './words/currencies';

/** Mean something wherever they stand but at the beginning of a line, where `>` quotes. */
const COMPARISONS = spellings('= == === < > <= >= != !== ^ += -= *= /=', '≤:<= ≥:>= ≠:!= <>:!=');
/** Mean something between two operands; elsewhere they are bullets, dashes, emphasis, alternatives. */
const ARITHMETIC = spellings('+ - * / % & | ** && ||', '×:* ·:* ∗:* ÷:/ ∕:/');
const SPOKEN: ReadonlyMap<string, string> = new Map([
  ['plus', '+'],
  ['minus', '-'],
  ['times', '*'],
  ['x', '*'],
  ['divided by', '/'],
  ['multiplied by', '*'],
]);
/** `UTC-5`: no hyphen. */
const OFFSETS = new Set(['utc', 'gmt']);
const CLOSING = new Set([')', ']', '%']);
const OPENING = new Set(['(', '[', '√']);

/** An operator in the form in which it is compared, and how many tokens it takes. */
export interface Operator {
  readonly sign: string;
  readonly tokens: number;
}

/** `12 - 5`, `a*b`, `x >= 3`, `12 times 5`; null for hyphens, bullets, emphasis and dashes. */
export function operatorAt(tokens: readonly Token[], at: number, before: readonly Term[]): Operator | null {
  const [last, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token === undefined) return null;
  if (token.kind === 'word') return spokenAt(tokens, at, before);
  if (token.kind !== 'symbol' || token.initial) return null;
  const comparison = COMPARISONS.get(token.raw);
  if (comparison !== undefined) return { sign: comparison, tokens: 1 };
  const sign = ARITHMETIC.get(token.raw);
  if (sign === undefined || last === undefined || next === undefined) return null;
  const isOffset = OFFSETS.has(last.word) && next.glued && next.kind === 'number';
  const isBetween = token.glued === next.glued && endsOperand(last, before) && beginsOperand(tokens, at + 1, sign);
  return isOffset || isBetween ? { sign, tokens: 1 } : null;
}

/** Between numbers: `3 times a day` and `Disney plus` are no sums. */
function spokenAt(tokens: readonly Token[], at: number, before: readonly Term[]): Operator | null {
  const word = tokens[at]?.word ?? '';
  const count = SPOKEN.has(word) ? 1 : 2;
  const sign = SPOKEN.get(count === 1 ? word : `${word} ${tokens[at + 1]?.word ?? ''}`);
  const [last, next] = [tokens[at - 1], tokens[at + count]];
  if (sign === undefined || last === undefined || next === undefined) return null;
  return endsOperand(last, before) && !isLetter(last) && isNumber(next) ? { sign, tokens: count } : null;
}

function endsOperand(last: Token, before: readonly Term[]): boolean {
  if (last.kind === 'symbol') return CLOSING.has(last.raw);
  const isUnitOfNumber = before.at(-1)?.kind === 'unit' && before.at(-2)?.kind === 'number';
  return isNumber(last) || isLetter(last) || last.kind === 'code' || isUnitOfNumber;
}

function beginsOperand(tokens: readonly Token[], at: number, sign: string): boolean {
  const token = tokens[at];
  if (token === undefined) return false;
  if (token.kind !== 'symbol') return isNumber(token) || isLetter(token) || token.kind === 'code';
  if (OPENING.has(token.raw) || isCurrencySign(token.raw)) return true;
  const next = tokens[at + 1];
  return token.raw === '-' && sign !== '-' && sign !== '%' && next?.glued === true && isNumber(next);
}

export const isNumber = ({ kind, word }: Token): boolean => kind === 'number' || SMALL.has(word);
export const isLetter = ({ kind, word }: Token): boolean => kind === 'word' && word.length === 1;

/** `same` stand for themselves, of `others` each for what follows its colon. */
function spellings(same: string, others: string): ReadonlyMap<string, string> {
  const pairs = others.split(' ').map((pair) => pair.split(':') as [string, string]);
  return new Map([...same.split(' ').map((sign): [string, string] => [sign, sign]), ...pairs]);
}
