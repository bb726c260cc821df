import { contradiction, differenceOf, isAny, isSwap } from './difference';
import type { Guard } from './guard';
import type { Reading } from './reading';
import type { Term } from './term';

/** Other links, addresses, file names, codes, signs, or words between quotation marks. */
export const literals: Guard = (asked, stored) => {
  const codes = differenceOf(codesOf(asked), codesOf(stored));
  if (isAny(codes)) return contradiction(codes.asked, codes.stored);
  const quoted = { asked: quotedOf(asked, stored), stored: quotedOf(stored, asked) };
  return isSwap(quoted) ? contradiction(quoted.asked, quoted.stored) : null;
};

const codesOf = ({ terms }: Reading): Term[] => terms.filter(({ kind }) => kind === 'link' || kind === 'code');

/** Quoted words that the other side does not have at all, quoted or not. */
const quotedOf = ({ terms }: Reading, other: Reading): Term[] =>
  terms.filter(({ quoted, key, kind }) => quoted && kind !== 'function' && !other.keys.has(key));
