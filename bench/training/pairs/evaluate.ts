import type { LogisticModel } from './fit-logistic';
import type { Option, PairSet } from './pair-sets';

const BUDGETS = [0.01, 0.02, 0.05];
/** Fewer hits say nothing about an error. */
const FEWEST_HITS = 50;

type Rank = (option: Option) => number;

/** Cosine and score side by side, a line a set: area under the ROC curve, and hits at each error per hit, chosen with hindsight. */
export function compare(sets: readonly PairSet[], model: LogisticModel): string[] {
  const ranks: Rank[] = [({ cosine }) => cosine, scoreOf(model)];
  const head = [
    'set',
    'prompts',
    'AUC: cosine',
    'score',
    ...BUDGETS.flatMap((b) => [`hits at ${100 * b}%: cosine`, 'score']),
  ];
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...sets.map(({ name, order, heldOut, prompts, asked }) => {
      const lists = ranks.map((rank) => candidates(asked, rank));
      const cells = [
        `${name}, ${order}${heldOut ? ', held out' : ''}`,
        String(prompts),
        ...lists.map((list) => areaUnder(list).toFixed(3)),
        ...BUDGETS.flatMap((budget) => lists.map((list) => percent(hitsAt(list, budget) / prompts))),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

const scoreOf =
  ({ bias, weights }: LogisticModel): Rank =>
  ({ features }) =>
    features === null
      ? Number.POSITIVE_INFINITY
      : features.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), bias);

/** Of each prompt the entry with the best rank, the best of all prompts first. */
function candidates(asked: readonly (readonly Option[])[], rank: Rank): boolean[] {
  return asked
    .map((options) =>
      options
        .map((option) => ({ value: rank(option), correct: option.correct }))
        .reduce((best, each) => (each.value > best.value ? each : best)),
    )
    .sort((a, b) => b.value - a.value)
    .map(({ correct }) => correct);
}

function areaUnder(ranked: readonly boolean[]): number {
  let [right, ordered] = [0, 0];
  for (const correct of ranked) {
    if (correct) right++;
    else ordered += right;
  }
  return ordered / (right * (ranked.length - right));
}

function hitsAt(ranked: readonly boolean[], budget: number): number {
  let [wrong, hits] = [0, 0];
  ranked.forEach((correct, i) => {
    if (!correct) wrong++;
    if (i + 1 >= FEWEST_HITS && wrong / (i + 1) <= budget) hits = i + 1;
  });
  return hits;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
