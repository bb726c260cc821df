import { isCommon } from './words/common';

const SHORTEST_ROOT = 4; // code units
/** Of stems: `nitrate`, `nitrite`, `nitride`; `chloride`, `chlorine`. */
const SUBSTANCES = ['at', 'it', 'id', 'in'];

/** What the same root makes of another beginning or ending, by stem: `hypotension` of `hypertension`, `trainee` of `trainer`. None for most words. */
export function counterpartsOf(key: string): string[] {
  if (key.startsWith('hyper')) return [`hypo${key.slice(5)}`];
  if (key.startsWith('hypo')) return [`hyper${key.slice(4)}`];
  if (key.length > SHORTEST_ROOT && key.endsWith('e')) return ['er', 'or'].map((ending) => key.slice(0, -1) + ending); // the stem of `trainee`
  const [root, ending] = [key.slice(0, -2), key.slice(-2)];
  if (root.length < SHORTEST_ROOT) return [];
  if (ending === 'er' || ending === 'or') return [`${root}e`];
  if (!SUBSTANCES.includes(ending) || isCommon(key)) return [];
  return SUBSTANCES.filter((other) => other !== ending)
    .map((other) => root + other)
    .filter((other) => !isCommon(other));
}
