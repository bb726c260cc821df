import { systemClock } from '@relay/core';
import { builtinEmbedder } from '@relay/embedding';
import type { OfflineScenario, Section } from '../offline-scenario';
import { adversarialFigures } from './adversarial-figures';
import { frontierAt } from './frontier';
import { errorCell, percent } from './figures';
import { goalsOf } from './goals';
import { measureStream, SHUFFLES, type Measured, type StreamFigures } from './measure-stream';
import { readStreams } from './streams';
import { DIMENSIONS, vectorsOf } from './vectors';

/** Prompts of a stream where `--sample` says nothing. */
const DEFAULT_SAMPLE = 6_000;
/** Thresholds of mode static that the tables show; the frontier uses all. */
const SHOWN = [0.76, 0.8, 0.86, 0.9, 0.96];

export const semantic: OfflineScenario = {
  summary: 'hits and wrong hits of the semantic cache by mode, on streams of questions that were judged by people',
  async run({ data, seed, sample = DEFAULT_SAMPLE, say }) {
    const embedder = builtinEmbedder(systemClock);
    const embed = (texts: readonly string[]): Promise<Float32Array[]> => vectorsOf(texts, embedder, DIMENSIONS, say);
    try {
      const measured: StreamFigures[] = [];
      for (const stream of await readStreams(data, sample)) {
        say(`${stream.name}: ${stream.prompts.length} prompts`);
        measured.push(...measureStream(stream, await embed(stream.prompts), seed));
      }
      say('adversarial pairs');
      const adversarial = await adversarialFigures(embed, seed);
      return {
        sections: [...measured.map(streamSection), reachSection(measured), costOfGuards(measured), adversarial.section],
        goals: [...measured.flatMap(goalsOf), ...adversarial.goals],
        details: { measured },
      };
    } finally {
      await embedder.close();
    }
  },
};

function streamSection(figures: StreamFigures): Section {
  const { stream, order, prompts, rows } = figures;
  const shown = rows.filter(({ threshold }) => threshold === null || SHOWN.includes(threshold));
  return {
    title: `${stream}, ${order}: ${prompts} prompts${order === 'shuffled' ? `, ${SHUFFLES} orders` : ''}`,
    notes: stream === 'Banking77' && order === 'as given' ? NOTES : [],
    table: [
      ['', 'hits', 'wrong/request', 'wrong/hit [95%]', 'hits later', 'wrong/hit later', 'static then', 'judged/1k'],
      ...shown.map((row) => [
        `${row.name}${row.guards ? ', guards' : ''}`,
        percent(row.all.hitRate),
        percent(row.all.errorPerRequest),
        errorCell(row.all),
        percent(row.later.hitRate),
        errorCell(row.later),
        row.budget === null || row.later.hits === 0 ? '-' : percent(frontierAt(rows, row.later.errorPerHit)),
        row.judgedPer1k.toFixed(0),
      ]),
    ],
  };
}

const NOTES = [
  'Each prompt looks up the nearest earlier ones that are stored (exact scan, built-in embedder), guards and score look at the five nearest, static takes the first of them that passes by its cosine and verified the best by its score, the decision is that of the product; what is not served is answered and stored, and so is what was asked again to judge it. ' +
    'Each text comes once: what is asked again word for word is an exact hit and no part of this. Judges here are never wrong, and cost nothing: all near pairs are judged, 25% of the others, and of the hits 25% at first, down to 2% (the defaults), unless the row says otherwise. The score was trained on half of the intents of Banking77 and CLINC150 (npm run train -- pairs shows the other half apart), and on nothing of QQP or PAWS.',
  'Right is the same intent (Banking77, CLINC150; out of scope: never), or what people judged the same, directly or through a chain (QQP, PAWS). Of a pair that nobody judged nothing is known: it takes no part; in "crowded" all such pairs count as wrong, ' +
    'which calls many a true paraphrase wrong. "As given" is the order of the files: in Banking77 and CLINC150 one intent after the other, which is as far from exchangeable as traffic can be.',
  '*later*: in the second half of the stream. *static then*: the hits later of the static threshold without guards (0.70 to 0.98, by 0.02, chosen with hindsight) that has the most at an error no higher than that of the row.',
];

/** What bounds every budget: how well the score ranks pairs, and how many there are. */
function reachSection(measured: readonly StreamFigures[]): Section {
  return {
    title: 'What a threshold on the score could reach',
    notes: [
      'If nothing was served, everything stored and every verdict known: the nearest pairs (after the guards), as many as have no more errors than the budget allows, and as many as a single test at 95% proves, at a threshold chosen with hindsight. ' +
        'Where nothing can be proven in this way, a mode that keeps its budget has to serve nothing: exact hits only.',
    ],
    table: [
      ['', 'budget', 'pairs', 'within the budget', 'provable'],
      ...measured.flatMap(({ stream, order, reach }) =>
        reach.map(({ budget, judged, served, provable }) => [
          `${stream}, ${order}`,
          `${100 * budget}%`,
          String(judged),
          `${served} (${percent(served / judged)})`,
          `${provable} (${percent(provable / judged)})`,
        ]),
      ),
    ],
  };
}

/** Hits that are right, with guards and without, at the same static threshold. */
function costOfGuards(measured: readonly StreamFigures[]): Section {
  const lines = measured.flatMap(({ stream, order, rows }) =>
    [0.8, 0.9].map((threshold) => {
      const of = (guards: boolean): Measured | undefined =>
        rows.find((row) => row.threshold === threshold && row.guards === guards);
      const [with_, without] = [of(true)?.all, of(false)?.all];
      if (!with_ || !without) return [];
      const right = 1 - (with_.hits - with_.wrong) / (without.hits - without.wrong);
      return [`${stream}, ${order}, static ${threshold}`, percent(right), percent(1 - with_.wrong / without.wrong)];
    }),
  );
  return {
    title: 'What guards cost, and what they are for',
    notes: [
      'Share of the right hits, and of the wrong ones, that a static threshold has without guards and not with them.',
    ],
    table: [['', 'right hits lost', 'wrong hits avoided'], ...lines],
  };
}
