import { seededRandom } from '../../../training/random';
import { SLOT_TEMPLATES } from './slot-templates';
import type { AdversarialKind, Filler, SlotTemplate, TurnTemplate } from './template';
import { TURN_TEMPLATES } from './turn-templates';

/** Two questions that are near each other, and whether the answer of one is the answer of the other. */
export interface AdversarialPair {
  readonly a: string;
  readonly b: string;
  /** 1: other wording, same question; 0: same wording, but what is decisive differs. */
  readonly same: 0 | 1;
  readonly kind: AdversarialKind;
}

export const PAIRS_PER_KIND = 240; // half of them `same`
const MAX_DRAWS = 40; // per pair, until one is found that is not there yet
const REWORDED_SHARE = 0.25; // of the pairs with another answer: reworded besides
const LOWER_CASE_SHARE = 0.4; // of the pairs: people who type without capitals

type Random = () => number;

/** The same pairs for the same seed; every kind has as many of `same` 1 as of 0. */
export function adversarialPairs(seed: number, perKind = PAIRS_PER_KIND): AdversarialPair[] {
  const random = seededRandom(seed);
  const kinds = { ...SLOT_TEMPLATES, ...TURN_TEMPLATES };
  return (Object.keys(kinds) as AdversarialKind[]).flatMap((kind) => [
    ...pairsOf(kind, 1, perKind / 2, random),
    ...pairsOf(kind, 0, perKind / 2, random),
  ]);
}

function pairsOf(kind: AdversarialKind, same: 0 | 1, count: number, random: Random): AdversarialPair[] {
  const pairs = new Map<string, AdversarialPair>();
  for (let draw = 0; draw < count * MAX_DRAWS && pairs.size < count; draw++) {
    const [a, b] = drawPair(kind, same, random);
    if (a.toLowerCase() === b.toLowerCase()) continue;
    const lower = random() < LOWER_CASE_SHARE;
    const pair = { a: lower ? a.toLowerCase() : a, b: lower ? b.toLowerCase() : b, same, kind };
    pairs.set([a, b].sort().join('\n').toLowerCase(), pair);
  }
  return [...pairs.values()];
}

function drawPair(kind: AdversarialKind, same: 0 | 1, random: Random): [string, string] {
  if (kind === 'negation' || kind === 'antonyms') return drawTurn(pick(TURN_TEMPLATES[kind], random), same, random);
  return drawSlots(pick<SlotTemplate>(SLOT_TEMPLATES[kind], random), same, random);
}

function drawTurn({ asked, turned, c }: TurnTemplate, same: 0 | 1, random: Random): [string, string] {
  const context = { c: pick(c, random) };
  const [one, other] =
    same === 1
      ? twoOf(random() < 0.5 ? asked : turned, random)
      : ofEach(asked, turned, random() < REWORDED_SHARE, random);
  return [fill(one, context), fill(other, context)];
}

/** One wording of either side: the same, or any. */
function ofEach(
  asked: readonly string[],
  turned: readonly string[],
  reworded: boolean,
  random: Random,
): [string, string] {
  const at = Math.floor(random() * asked.length);
  return [asked[at] ?? '', (reworded ? pick(turned, random) : turned[at]) ?? ''];
}

function drawSlots(template: SlotTemplate, same: 0 | 1, random: Random): [string, string] {
  const [x, other] = twoOf(template.x, random);
  const c = template.c ? pick(template.c, random) : '';
  if (same === 1) {
    const [one, two] = twoOf(template.wordings, random);
    const y = spelling(other, random);
    return [fill(one, { x: spelling(x, random), y, c }), fill(two, { x: spelling(x, random), y, c })];
  }
  const wording = pick(template.wordings, random);
  const otherWording = random() < REWORDED_SHARE ? pick(template.wordings, random) : wording;
  const [left, right] = [x[0] ?? '', other[0] ?? ''];
  const swapped = template.swap === 'places' ? { x: right, y: left, c } : { x: right, y: '', c };
  return [fill(wording, { x: left, y: right, c }), fill(otherWording, swapped)];
}

const spelling = (filler: Filler, random: Random): string => pick(filler, random);

/** Replaces `{x}` and the like; a sentence that begins with one gets its capital. */
function fill(wording: string, values: Readonly<Record<string, string>>): string {
  const text = wording.replace(/\{(\w)\}/g, (_slot, name: string) => values[name] ?? '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

function twoOf<T>(items: readonly T[], random: Random): [T, T] {
  const first = Math.floor(random() * items.length);
  const second = (first + 1 + Math.floor(random() * (items.length - 1))) % items.length;
  return [pick([items[first] as T], random), pick([items[second] as T], random)];
}
