import type { Guard } from './guard';
import type { Reading } from './reading';
import type { Term } from './term';

const NEGATORS = new Set(
  'not no never without cannot cant dont doesnt didnt isnt arent wasnt wont wouldnt shouldnt couldnt hasnt havent except excluding neither nor none non nobody nothing unable nicht kein keine keinen keiner nie niemals ohne pas jamais sans nunca sin'.split(
    ' ',
  ),
);
/** Negators of one thing among others: `with milk without sugar`. */
const EXCLUDERS = new Set('without except excluding ohne sans sin'.split(' '));
const REACH = 4; // terms after a negator, in which the word that it negates is looked for

interface Polarity {
  /** The first word after each negator. */
  readonly negated: ReadonlyMap<string, Term>;
  readonly affirmed: ReadonlySet<string>;
  readonly excluded: ReadonlySet<string>;
  readonly negators: number;
}

/**
 * What one side negates, the other affirms and has no negation; or the two exclude crosswise. A negation that the other side words
 * otherwise is none (`has not come`, `is late`), nor is one that both have in other places (`is not X` and `isn't X`).
 */
export const negation: Guard = (asked, stored) => {
  const [a, b] = [polarityOf(asked), polarityOf(stored)];
  if (a.negators === 0 && b.negators === 0) return null;
  const [left, right] = [turnedAround(a, b), turnedAround(b, a)];
  if (left && right && a.excluded.has(left.key) && b.excluded.has(right.key))
    return { asked: `without ${left.raw}`, stored: `without ${right.raw}` };
  if (left && b.negators === 0) return { asked: `not ${left.raw}`, stored: left.raw };
  return right && a.negators === 0 ? { asked: right.raw, stored: `not ${right.raw}` } : null;
};

/** A word that one side only negates and the other only affirms. */
function turnedAround(one: Polarity, other: Polarity): Term | null {
  for (const [key, term] of one.negated) {
    if (other.affirmed.has(key) && !other.negated.has(key) && !one.affirmed.has(key)) return term;
  }
  return null;
}

function polarityOf({ terms }: Reading): Polarity {
  const negated = new Map<string, Term>();
  const affirmed = new Set<string>();
  const excluded = new Set<string>();
  let negators = 0;
  let excludes = false;
  let reach = 0;
  for (const term of terms) {
    if (isNegator(term)) {
      negators++;
      excludes = EXCLUDERS.has(term.key);
      reach = REACH;
    } else if (term.kind !== 'function' && reach > 0) {
      negated.set(term.key, term);
      if (excludes) excluded.add(term.key);
      reach = 0;
    } else {
      affirmed.add(term.key);
      reach--;
    }
  }
  return { negated, affirmed, excluded, negators };
}

const isNegator = ({ raw }: Term): boolean => {
  const word = raw.toLowerCase();
  return word.endsWith("n't") || NEGATORS.has(word);
};
