import { CHAR_CLASSES, CLASS_OF } from './char-classes';
import { looksEnglish } from './english-words';

/** What is counted for each class: runs, characters, and characters by which runs are longer than usual. */
export const COUNTS_PER_CLASS = 3;
/** Where English words are counted, behind the classes. */
export const ENGLISH_SLOT = CHAR_CLASSES.length * COUNTS_PER_CLASS;
export const RUN_COUNTS = ENGLISH_SLOT + 1;

const RUNS_OVER = Uint8Array.from(CHAR_CLASSES, (kind) => kind.runsOver);
const LOWER = CHAR_CLASSES.findIndex((kind) => kind.name === 'lower');

/** Adds the runs of `text` from `from` up to `to` to `counts` (`RUN_COUNTS` numbers): one pass, no allocation. */
export function addRunCounts(text: string, from: number, to: number, counts: Float64Array): void {
  const classOf = CLASS_OF; // an import is looked up each time it is named
  let english = 0;
  let at = from;
  while (at < to) {
    const start = at;
    const kind = classOf[text.charCodeAt(at)] ?? 0;
    do at++;
    while (at < to && classOf[text.charCodeAt(at)] === kind);
    const length = at - start;
    const slot = kind * COUNTS_PER_CLASS;
    const over = length - (RUNS_OVER[kind] ?? 0);
    counts[slot] = (counts[slot] ?? 0) + 1;
    counts[slot + 1] = (counts[slot + 1] ?? 0) + length;
    if (over > 0) counts[slot + 2] = (counts[slot + 2] ?? 0) + over;
    if (kind === LOWER) english += looksEnglish(text, start, at);
  }
  counts[ENGLISH_SLOT] = (counts[ENGLISH_SLOT] ?? 0) + english;
}
