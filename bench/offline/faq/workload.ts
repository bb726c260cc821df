import type { Stream } from '../semantic/streams';
import { shuffled } from '../../training/random';

/** How wordings of one intent are spread: some are said by most, or each as often as the others. */
export type Wordings = 'by Zipf' | 'all alike';

/** Questions by how often they are asked: the n-th most frequent one with odds in proportion to 1 / n (Zipf). */
const EXPONENT = 1;

export interface Workload {
  readonly requests: number;
  readonly wordings: Wordings;
}

/**
 * Prompts (indexes) in the order in which they are asked: first an intent is drawn by Zipf's law, then one of its wordings. Which
 * are the frequent ones is drawn once.
 */
export function zipfWorkload(
  { prompts, relation }: Pick<Stream, 'prompts' | 'relation'>,
  { requests, wordings }: Workload,
  random: () => number,
): Int32Array {
  const order = shuffled(prompts.length, random);
  const intents: number[][] = [];
  for (const prompt of order) {
    const known = intents.find(([first = prompt]) => relation(first, prompt) === true);
    if (known) known.push(prompt);
    else intents.push([prompt]);
  }
  const draws = intents.map(({ length }) => (wordings === 'by Zipf' ? zipf(length) : evenly(length)));
  const intent = zipf(intents.length);
  return Int32Array.from({ length: requests }, () => {
    const i = intent(random());
    return intents[i]?.[draws[i]?.(random()) ?? 0] ?? 0;
  });
}

const evenly =
  (count: number) =>
  (uniform: number): number =>
    Math.floor(uniform * count);

/** Ranks from 0, from numbers from 0 to 1. */
function zipf(count: number): (uniform: number) => number {
  const sums: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= count; rank++) sums.push((total += rank ** -EXPONENT));
  return (uniform) =>
    Math.max(
      0,
      sums.findIndex((sum) => sum >= uniform * total),
    );
}
