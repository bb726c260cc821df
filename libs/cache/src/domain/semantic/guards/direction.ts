import type { Contradiction, Guard } from './guard';
import type { Reading } from './reading';
import { isSign, type Term } from './term';

/** Words whose next word plays a role that another word of the sentence could play as well. */
const MARKERS = new Set('from than against beat defeat von als desde'.split(' '));
/** Such words that also stand before verbs and much else: they count before names, units and numbers only. */
const LOOSE_MARKERS = new Set('to into onto by over before after via nach zu vers hacia hasta'.split(' '));
const REACH = 3; // terms after a marker, in which the word that it marks is looked for
/** Questions that are the same with their two sides exchanged. */
const SYMMETRIC = [
  'compar',
  'differ',
  'differenc',
  'different',
  'similar',
  'similarity',
  'distanc',
  'far',
  'between',
  'versu',
  'vs',
  'equal',
  'relat',
  'match',
  'meet',
];
/** Between two words that may be exchanged. */
const CONNECTIVES = new Set([
  'and',
  'or',
  'vs',
  'versu',
  '&',
  '/',
  '+',
  's:+',
  's:*',
  's:&',
  's:|',
  's:=',
  's:!=',
  'with',
  'und',
  'oder',
  'et',
  'ou',
  'y',
  'o',
  'both',
  'nor',
]);
const LONGEST_ROLE = 4; // terms of what is exchanged

/** The same words in exchanged roles: from A to B and from B to A, A beats B and B beats A. */
export const direction: Guard = (asked, stored) => {
  if (SYMMETRIC.some((key) => asked.keys.has(key) && stored.keys.has(key))) return null;
  return exchangedRoles(asked, stored) ?? exchangedPlaces(asked.terms, stored.terms);
};

function exchangedRoles(asked: Reading, stored: Reading): Contradiction | null {
  const [a, b] = [rolesOf(asked), rolesOf(stored)];
  for (const [marker, marked] of a) {
    const others = b.get(marker);
    if (others === undefined) continue;
    const left = marked.find(({ key }) => stored.keys.has(key) && !others.some((other) => other.key === key));
    const right = others.find(({ key }) => asked.keys.has(key) && !marked.some((other) => other.key === key));
    if (left && right) return { asked: `${marker} ${left.raw}`, stored: `${marker} ${right.raw}` };
  }
  return null;
}

/** What each marker marks. */
function rolesOf({ terms }: Reading): Map<string, Term[]> {
  const roles = new Map<string, Term[]>();
  terms.forEach(({ key }, at) => {
    const isLoose = LOOSE_MARKERS.has(key);
    if (!isLoose && !MARKERS.has(key)) return;
    const marked = terms.slice(at + 1, at + 1 + REACH).find(({ kind }) => kind !== 'function' && !isSign(kind));
    if (marked === undefined || (isLoose && !isNamed(marked))) return;
    const known = roles.get(key);
    if (known) known.push(marked);
    else roles.set(key, [marked]);
  });
  return roles;
}

const isNamed = ({ kind, named }: Term): boolean => named || kind !== 'word';

/** `x M y` against `y M x` in the same sentence. */
function exchangedPlaces(a: readonly Term[], b: readonly Term[]): Contradiction | null {
  if (a.length !== b.length) return null;
  const start = a.findIndex(({ key }, at) => key !== b[at]?.key);
  const end = a.findLastIndex(({ key }, at) => key !== b[at]?.key) + 1;
  for (let first = 1; first <= LONGEST_ROLE && start + first < end; first++) {
    for (let last = 1; last <= LONGEST_ROLE && start + first + last < end; last++) {
      const x = a.slice(start, start + first);
      const between = a.slice(start + first, end - last);
      const y = a.slice(end - last, end);
      if (between.every(({ key }) => CONNECTIVES.has(key))) continue;
      if (areEqual([...y, ...between, ...x], b.slice(start, end)))
        return { asked: textOf(a.slice(start, end)), stored: textOf(b.slice(start, end)) };
    }
  }
  return null;
}

const areEqual = (a: readonly Term[], b: readonly Term[]): boolean => a.every(({ key }, at) => key === b[at]?.key);
const textOf = (terms: readonly Term[]): string => terms.map(({ raw }) => raw).join(' ');
