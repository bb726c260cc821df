import { KINDS } from './kinds';
import { PLACES } from './places';
import { COMPANIES, SOFTWARE } from './products';

const NAMES = { place: PLACES, software: SOFTWARE, company: COMPANIES };
const LISTS = { ...NAMES, ...KINDS };

export type EntityKind = keyof typeof LISTS;

export interface Entity {
  readonly key: string; // canonical name, after `@`
  readonly kinds: readonly EntityKind[];
  readonly words: number; // of the spelling
}

/** Kinds of names; the others are of mere words, as colours are. */
export const isOfNames = (kind: EntityKind): boolean => Object.hasOwn(NAMES, kind);

/** By spelling, words joined by a space. */
const ENTITIES: ReadonlyMap<string, Entity> = readLists();

/** First words of spellings of several words: two look-ups are spared for all others. */
const OPENINGS: ReadonlySet<string> = new Set(
  [...ENTITIES.keys()]
    .filter((spelling) => spelling.includes(' '))
    .map((spelling) => spelling.slice(0, spelling.indexOf(' '))),
);

/** Where two lists have one spelling the first counts, unless both mean the same by it: then it is of both kinds. */
function readLists(): Map<string, Entity> {
  const entities = new Map<string, Entity>();
  for (const [kind, list] of Object.entries(LISTS) as [EntityKind, string][]) {
    for (const [spelling, name] of spellingsIn(list)) {
      const key = `@${name}`;
      const known = entities.get(spelling);
      const kinds = known?.key === key ? known.kinds : [];
      if (known === undefined || (known.key === key && !kinds.includes(kind)))
        entities.set(spelling, { key, kinds: [...kinds, kind], words: spelling.split(' ').length });
    }
  }
  return entities;
}

function spellingsIn(list: string): [spelling: string, name: string][] {
  return list
    .split(/[|\n]/)
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [name = '', others = ''] = line.trim().split(/:\s/);
      return [name, ...others.split(' ').filter(Boolean)].map((spelling): [string, string] => [
        spelling.replaceAll('_', ' '),
        name,
      ]);
    });
}

/** The name that begins with a word, the longest that fits; at most four words long. */
export function entityAt(wordAt: (offset: number) => string | undefined): Entity | undefined {
  const first = wordAt(0);
  if (first === undefined) return undefined;
  if (OPENINGS.has(first)) {
    let spelling = first;
    let longest: Entity | undefined;
    for (let offset = 1; offset < 4; offset++) {
      const next = wordAt(offset);
      if (next === undefined) break;
      spelling += ` ${next}`;
      longest = ENTITIES.get(spelling) ?? longest;
    }
    if (longest) return longest;
  }
  return ENTITIES.get(first);
}
