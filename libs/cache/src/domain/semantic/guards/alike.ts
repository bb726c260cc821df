import type { Term } from './term';
import { isCommon } from './words/common';

const SHORTEST = 5; // code units: one letter more or another ending makes another word of a shorter one
const SHORTEST_SLIP = 6; // of the longer word: `price` and `prize` are too short to tell

/**
 * Endings of stems that leave a word what it is about; those of one line stand for each other too. Without what changes who or what is
 * meant: `er`, `ee`, `ist`, `ism`, `less`, and the endings of chemistry.
 */
const ENDINGS = [
  'ly al ally ical ically ic',
  'ion ation ational iv ively ativ',
  'ment mental abl ably',
  'anc ancy ant antly',
  'enc ency ent ently',
  'y iful ily iness',
  'ful fully fulness',
  'ness ity',
  'ous ously',
  'ship',
].map((line) => ['', ...line.split(' ')]);
const LONGEST_ENDING = 7; // code units

/**
 * Whether two words are one: in another spelling (`centre`, `center`), with another ending (`certificate`, `certification`) or with a
 * slip of the pen (`receive`, `recieve`). Names are one only if they differ by accents. Linear.
 */
export function areAlike(a: Term, b: Term): boolean {
  if (a.kind !== 'word' || b.kind !== 'word' || !mayBeginAlike(a.key, b.key)) return false;
  if (a.named || b.named) return withoutMarks(a.key) === withoutMarks(b.key);
  const [left, right] = [spellingOf(a), spellingOf(b)];
  if (left === right) return true;
  return Math.min(left.length, right.length) >= SHORTEST && (differInEnding(left, right) || isSlip(left, right));
}

/** Sparing most words all else: only an accent can make two first letters one. */
const mayBeginAlike = (a: string, b: string): boolean =>
  a.charCodeAt(0) === b.charCodeAt(0) || a.charCodeAt(0) > 127 || b.charCodeAt(0) > 127;

const withoutMarks = (key: string): string => key.normalize('NFD').replace(/\p{M}/gu, '');

/** One spelling of British and American words: of `organise`, `colour`, `centre`, `travelling`, `defence`. */
function spellingOf({ key, raw }: Term): string {
  const american = withoutMarks(key)
    .replace(/is(?=$|ation|er$)/, 'iz')
    .replace(/our/, 'or')
    .replace(/tr$/, 'ter')
    .replace(/ens$/, 'enc');
  return /lle$/i.test(raw) ? american : american.replace(/ll(?=$|er$)/, 'l'); // Danielle is no Daniel
}

function differInEnding(a: string, b: string): boolean {
  const shortest = Math.max(SHORTEST, Math.max(a.length, b.length) - LONGEST_ENDING);
  for (let root = sharedStart(a, b); root >= shortest; root--) {
    const [left, right] = [a.slice(root), b.slice(root)];
    if (ENDINGS.some((line) => line.includes(left) && line.includes(right))) return true;
  }
  return false;
}

/**
 * One letter more, less or changed, or two exchanged, before the last: an ending is no slip (`trainer`, `trainee`). One of the two has to
 * be an everyday word and the other none.
 */
function isSlip(a: string, b: string): boolean {
  const start = sharedStart(a, b);
  if (start === 0 || Math.max(a.length, b.length) < SHORTEST_SLIP || isCommon(a) === isCommon(b)) return false;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  if (end === 0) return false;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

function sharedStart(a: string, b: string): number {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  return start;
}
