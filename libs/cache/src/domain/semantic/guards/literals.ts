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

/** Symbols that join, mark or list: `tea & coffee` and `tea/coffee` are one. */
const INTERCHANGEABLE = new Set('& / \\ + • · ▪ ● ◦ ™ ® ©'.split(' '));

/** Not marks of direction, joiners and the like. */
const VISIBLE = /^[\p{S}\p{P}]$/u;

/** Other links, addresses, file names, codes, signs, operators, symbols, or words between quotation marks. */
export const literals: Guard = (asked, stored) => {
  const codes = differenceOf(codesOf(asked, stored), codesOf(stored, asked));
  if (isAny(codes)) return contradiction(codes.asked, codes.stored);
  const signs = differenceOf(signsOf(asked), signsOf(stored));
  if (isSwap(signs)) return contradiction(signs.asked, signs.stored);
  const quoted = { asked: quotedOf(asked, stored), stored: quotedOf(stored, asked) };
  return isSwap(quoted) ? contradiction(quoted.asked, quoted.stored) : null;
};

const codesOf = ({ terms }: Reading, other: Reading): Term[] =>
  terms.filter(({ kind, key }) => kind === 'link' || kind === 'code' || (kind === 'sign' && !isSaid(key, other)));

/** Where only one side has any, the other may say it in words: `x > 3`, `x greater than 3`. */
const signsOf = ({ terms }: Reading): Term[] =>
  terms.filter(
    ({ kind, key }) => kind === 'operator' || (kind === 'symbol' && VISIBLE.test(key) && !INTERCHANGEABLE.has(key)),
  );

/** `O-` on one side, `O negative` on the other. */
const isSaid = (key: string, other: Reading): boolean =>
  [...(SAID[key.charAt(0)] ?? []), ...(SAID[key.charAt(key.length - 1)] ?? [])].some((word) => other.keys.has(word));

/** Quoted words that the other side does not have at all, quoted or not; such as stand in any sentence it has to quote too. */
function quotedOf({ terms }: Reading, other: Reading): Term[] {
  const quoted = terms.filter((term) => term.quoted);
  if (quoted.length === 0) return quoted;
  const quotedThere = new Set(other.terms.filter((term) => term.quoted).map(({ key }) => key));
  return quoted.filter(({ key, kind }) => !(kind === 'function' ? quotedThere : other.keys).has(key));
}
