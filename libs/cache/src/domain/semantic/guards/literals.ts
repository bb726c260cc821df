import { contradiction, differenceOf, isAny, isSwap } from './difference';
import type { Guard } from './guard';
import type { Reading } from './reading';
import { stem } from './stem';
import type { Term } from './term';

/** How a sign of a letter, word or number is said. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  '-': ['minus', 'negative'].map(stem),
  '+': ['plus', 'positive'].map(stem),
  '!': ['not', 'factorial'].map(stem),
  '|': ['absolute', 'modulus'].map(stem),
};

/** Other links, addresses, file names, codes, signs, operators, or words between quotation marks. */
export const literals: Guard = (asked, stored) => {
  const codes = differenceOf(codesOf(asked, stored), codesOf(stored, asked));
  if (isAny(codes)) return contradiction(codes.asked, codes.stored);
  const operators = differenceOf(operatorsOf(asked), operatorsOf(stored));
  if (isSwap(operators)) return contradiction(operators.asked, operators.stored);
  const quoted = { asked: quotedOf(asked, stored), stored: quotedOf(stored, asked) };
  return isSwap(quoted) ? contradiction(quoted.asked, quoted.stored) : null;
};

const codesOf = ({ terms }: Reading, other: Reading): Term[] =>
  terms.filter(({ kind, key }) => kind === 'link' || kind === 'code' || (kind === 'sign' && !isSaid(key, other)));

/** Where only one side has any, the other may say it in words: `x > 3`, `x greater than 3`. */
const operatorsOf = ({ terms }: Reading): Term[] => terms.filter(({ kind }) => kind === 'operator');

/** `O-` on one side, `O negative` on the other. */
const isSaid = (key: string, other: Reading): boolean =>
  [...(SAID[key.charAt(0)] ?? []), ...(SAID[key.charAt(key.length - 1)] ?? [])].some((word) => other.keys.has(word));

/** Quoted words that the other side does not have at all, quoted or not. */
const quotedOf = ({ terms }: Reading, other: Reading): Term[] =>
  terms.filter(({ quoted, key, kind }) => quoted && kind !== 'function' && !other.keys.has(key));
