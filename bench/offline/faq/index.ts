import { systemClock } from '@relay/core';
import { builtinEmbedder } from '@relay/embedding';
import { seededRandom } from '../../training/random';
import type { Goal, OfflineScenario } from '../offline-scenario';
import { errorCell, figuresOf, percent } from '../semantic/figures';
import { BUDGETS, fixed, verified } from '../semantic/modes';
import { nearestPrompts } from '../semantic/nearest';
import { remembered } from '../semantic/remembered';
import { serveStream, type SemanticTerms, type Served } from '../semantic/serve-stream';
import { readStreams } from '../semantic/streams';
import { DIMENSIONS, vectorsOf } from '../semantic/vectors';
import { billOf } from './bill';
import { zipfWorkload, type Workload } from './workload';

const DEFAULT_SAMPLE = 3_000; // prompts of a data set
/** Many requests in words that most people choose; few in words of one's own, so that they seldom come again. */
const WORKLOADS: readonly Workload[] = [
  { requests: 20_000, wordings: 'by Zipf' },
  { requests: 3_000, wordings: 'all alike' },
];
const THRESHOLDS = [0.8, 0.85, 0.9];
const GOALS = { served: 0.6, saved: 0.5 };
/** The rows that goals are asked of. */
const GOAL_MODE = 'verified 5.0%';

export const faq: OfflineScenario = {
  summary: 'share served from the cache, and money saved, when few questions are asked often and in many words',
  async run({ data, seed, sample = DEFAULT_SAMPLE, say }) {
    const streams = (await readStreams(data, sample)).filter(({ name }) => name === 'Banking77' || name === 'CLINC150');
    const embedder = builtinEmbedder(systemClock);
    const lines: string[][] = [];
    const shares = new Map<string, { served: number; saved: number }>();
    for (const stream of streams) {
      const { name, prompts, relation } = stream;
      const vectors = await vectorsOf(prompts, embedder, DIMENSIONS, say);
      const served: Served = {
        nearest: nearestPrompts(vectors, relation),
        relation,
        ...remembered(prompts),
      };
      for (const workload of WORKLOADS) {
        const order = zipfWorkload(stream, workload, seededRandom(seed));
        for (const [mode, terms] of MODES) {
          const label = `${name}, wordings ${workload.wordings}, ${mode}`;
          say(label);
          const run = serveStream(served, order, terms, seed);
          const figures = figuresOf(run.outcomes);
          const exact = run.outcomes.filter((outcome) => outcome.exact).length / order.length;
          const { saved } = billOf(run, prompts, order);
          const all = exact + figures.hitRate;
          shares.set(label, { served: all, saved });
          const cells = [exact, figures.hitRate, all].map(percent);
          lines.push([label, ...cells, errorCell(figures), percent(figures.errorPerRequest), percent(saved)]);
        }
      }
    }
    await embedder.close();
    return {
      sections: [
        {
          title: WORKLOADS.map(({ requests, wordings }) => `${requests} requests, wordings ${wordings}`).join('; '),
          notes: NOTES,
          table: [['', 'exact', 'semantic', 'served', 'wrong/semantic hit [95%]', 'wrong/request', 'saved'], ...lines],
        },
      ],
      goals: [...shares].flatMap(([label, { served, saved }]): Goal[] =>
        label.endsWith(GOAL_MODE)
          ? [
              { name: `${label}: served`, value: served, wanted: GOALS.served, better: 'higher' },
              { name: `${label}: saved`, value: saved, wanted: GOALS.saved, better: 'higher' },
            ]
          : [],
      ),
      details: { shares: Object.fromEntries(shares) },
    };
  },
};

/** As the bill has it: each verdict is paid for. */
const JUDGE: SemanticTerms['judge'] = { kind: 'llm', model: 'judge', minSimilarity: 1 };

/** No lookup by meaning: nothing is as near as that. */
const EXACT_ONLY = fixed(2);

const MODES: readonly (readonly [string, SemanticTerms])[] = [
  ['exact only', EXACT_ONLY],
  ...BUDGETS.map((budget) => [`verified ${percent(budget)}`, verified(budget, { judge: JUDGE })] as const),
  ...THRESHOLDS.map((threshold) => [`static ${threshold}`, fixed(threshold)] as const),
];

const NOTES = [
  'A simulation with the decisions of the product (guards, thresholds learned from labels, rechecks), not load on a relay. Intents by Zipf with exponent 1; of each intent its wordings again by Zipf, or each as often as the others. ' +
    'Nothing expires and nothing is evicted. The judge is a model and never wrong. The data has 20 to 40 wordings an intent: what is asked in words that nobody used before is rarer here than in life, and exact hits are more frequent.',
  'Saved, against no cache: each answer is assumed to have 250 tokens and each request a system prompt of 200, at 2.5 USD a million tokens of input and 10 of output. Rechecked hits are paid like misses, and each verdict of a judge at the same price.',
];
