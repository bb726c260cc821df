import { PLACES } from './places';
import { COMPANIES, KINDS, SOFTWARE } from './products';

export type EntityKind = 'place' | 'software' | 'company' | 'kind';

export interface Entity {
  readonly key: string; // canonical name, after `@`
  readonly kind: EntityKind;
  readonly words: number; // of the spelling
}

const LISTS = { place: PLACES, software: SOFTWARE, company: COMPANIES, kind: KINDS } satisfies Record<
  EntityKind,
  string
>;

/** By spelling, words joined by a space. Where two lists have one spelling the first counts. */
const ENTITIES: ReadonlyMap<string, Entity> = new Map(
  Object.entries(LISTS)
    .reverse()
    .flatMap(([kind, list]) => entriesOf(kind as EntityKind, list)),
);

/** First words of spellings of several words: two look-ups are spared for all others. */
const OPENINGS: ReadonlySet<string> = new Set(
  [...ENTITIES.keys()]
    .filter((spelling) => spelling.includes(' '))
    .map((spelling) => spelling.slice(0, spelling.indexOf(' '))),
);

function entriesOf(kind: EntityKind, list: string): [string, Entity][] {
  return list
    .split(/[|\n]/)
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [name = '', others = ''] = line.trim().split(/:\s/);
      return [name, ...others.split(' ').filter(Boolean)].map((spelling): [string, Entity] => [
        spelling.replaceAll('_', ' '),
        { key: `@${name}`, kind, words: spelling.split('_').length },
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
