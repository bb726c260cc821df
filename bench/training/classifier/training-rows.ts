import { readCorpus } from './corpus';
import { isHeldOut, type Labelled } from './labelled';
import { readPublicRows } from './public-rows';

/** Of one source and task at most as many public rows: the corpus has the same number of all tasks, they are mostly questions. */
const MAX_PUBLIC_ROWS = 200;
const MAX_ROWS_OF: Readonly<Record<string, number>> = { mmlu: 900, 'nine models': 500 }; // more varied than the others
/** A text that a prompt is about has this many characters. */
const PASSAGE = { min: 180, max: 1_200 };
const SHORT_TEXT = { min: 20, max: 160 };
const MAX_TEXTS = 3_000; // of each kind

export interface Rows {
  readonly training: readonly Labelled[]; // for the task: balanced
  readonly rated: readonly Labelled[]; // for complexity: public rows with a known share of failures, none held out
  readonly heldOut: readonly Labelled[]; // public rows that nothing is trained on
}

/** All prompts that are trained on, and public ones that are not. The same for the same data and seed. */
export async function readTrainingRows(data: string, seed: number): Promise<Rows> {
  const rows = await readPublicRows(data);
  const open = rows.filter((row) => !isHeldOut(row));
  return {
    training: [...readCorpus(seed, textsOf(open)), ...balanced(open)],
    rated: open.filter(({ complexity }) => complexity !== null),
    heldOut: rows.filter(isHeldOut),
  };
}

function balanced(rows: readonly Labelled[]): Labelled[] {
  const counts = new Map<string, number>();
  return rows.filter(({ source, task }) => {
    if (task === null) return false;
    const key = `${source} ${task}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= (MAX_ROWS_OF[source] ?? MAX_PUBLIC_ROWS);
  });
}

/** Texts for templates to be about: rows that no rule labels, and questions and remarks of all kinds. */
function textsOf(rows: readonly Labelled[]): ReadonlyMap<string, readonly string[]> {
  const within = ({ min, max }: typeof PASSAGE, text: string): boolean => text.length >= min && text.length <= max;
  const every = (kept: readonly string[]): string[] => {
    const stride = Math.max(1, Math.ceil(kept.length / MAX_TEXTS));
    return kept.filter((_, i) => i % stride === 0);
  };
  const passages = rows.filter(({ task, text }) => task === null && within(PASSAGE, text.user));
  const short = rows.filter(({ text }) => within(SHORT_TEXT, text.user));
  return new Map([
    ['passage', every(passages.map(({ text }) => text.user))],
    ['shorttext', every(short.map(({ text }) => text.user))],
  ]);
}
