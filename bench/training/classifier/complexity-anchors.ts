import path from 'node:path';
import type { Task } from '@relay/contracts';
import { seededRandom } from '../random';
import { CORPUS, slotsOf } from './corpus';
import { expand } from './expand';
import { ofUser, type Labelled } from './labelled';
import { readSections } from './sections';

const PROMPTS = 15; // made of each template
/** Share of failures expected of ordinary prompts of these tasks, which the public data does not have. */
const EXPECTED: Readonly<Partial<Record<Task, number>>> = {
  chat: 0.04,
  translation: 0.12,
  classification: 0.15,
  rewriting: 0.15,
  summarisation: 0.2,
  extraction: 0.2,
  creative: 0.2,
};
const EACH = 25; // of so many prompts of the corpus one is taken

/**
 * Prompts of kinds that no public data rates (greetings, translations, proofs), with the share of failures that we expect: they
 * keep the model sensible where it has seen no figures. They are judgement, not measurement.
 */
export function complexityAnchors(corpus: readonly Labelled[], seed: number): Labelled[] {
  const random = seededRandom(seed);
  const slots = slotsOf('en', new Map());
  const made = readSections(path.join(CORPUS, 'complexity.txt')).flatMap(({ section, text }) =>
    Array.from({ length: PROMPTS }, () => anchor(ofUser(expand(text, slots, random)), Number(section))),
  );
  const ordinary = corpus.filter(({ source }, i) => source === 'corpus' && i % EACH === 0);
  return [...made, ...ordinary.flatMap(({ text, task }) => expectedOf(text, task))];
}

function expectedOf(text: Labelled['text'], task: Task | null): Labelled[] {
  const complexity = task === null ? undefined : EXPECTED[task];
  return complexity === undefined ? [] : [anchor(text, complexity)];
}

const anchor = (text: Labelled['text'], complexity: number): Labelled => ({
  text,
  task: null,
  complexity,
  source: 'anchors',
});
