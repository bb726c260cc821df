import { systemClock } from '@relay/core';
import { builtinEmbedder } from '@relay/embedding';
import { seededRandom } from '../../training/random';
import type { OfflineScenario } from '../offline-scenario';
import { errorCell, figuresOf, percent } from '../semantic/figures';
import { BUDGETS, fixed, verified } from '../semantic/modes';
import { nearestPrompts } from '../semantic/nearest';
import { rememberedGuards } from '../semantic/remembered-guards';
import { serveStream, type SemanticTerms, type Served } from '../semantic/serve-stream';
import { readStreams } from '../semantic/streams';
import { DIMENSIONS, vectorsOf } from '../semantic/vectors';
import { billOf } from './bill';
import { zipfWorkload } from './workload';

const DEFAULT_SAMPLE = 3_000; // prompts of a data set
const REQUESTS = 20_000;
const THRESHOLDS = [0.8, 0.85, 0.9];
const GOALS = { served: 0.6, saved: 0.5 };
/** The row that goals are asked of. */
const GOAL_BUDGET = 0.05;

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
        objects: rememberedGuards(prompts),
      };
      const order = zipfWorkload(stream, REQUESTS, seededRandom(seed));
      for (const [mode, terms] of MODES) {
        say(`${name}, ${mode}`);
        const run = serveStream(served, order, terms, seed);
        const figures = figuresOf(run.outcomes);
        const exact = run.outcomes.filter((outcome) => outcome.exact).length / REQUESTS;
        const { saved } = billOf(run, prompts, order);
        const all = exact + figures.hitRate;
        shares.set(`${name}, ${mode}`, { served: all, saved });
        lines.push([
          `${name}, ${mode}`,
          ...[exact, figures.hitRate, all].map(percent),
          errorCell(figures),
          percent(figures.wrong / REQUESTS),
          percent(saved),
        ]);
      }
    }
    await embedder.close();
    return {
      sections: [
        {
          title: `${REQUESTS} requests in each stream`,
          notes: NOTES,
          table: [['', 'exact', 'semantic', 'served', 'wrong/semantic hit [95%]', 'wrong/request', 'saved'], ...lines],
        },
      ],
      goals: streams.flatMap(({ name }) => {
        const mode = `${name}, verified ${percent(GOAL_BUDGET)}`;
        const { served = 0, saved = 0 } = shares.get(mode) ?? {};
        return [
          { name: `${mode}: served`, value: served, wanted: GOALS.served, better: 'higher' as const },
          { name: `${mode}: saved`, value: saved, wanted: GOALS.saved, better: 'higher' as const },
        ];
      }),
      details: { shares: Object.fromEntries(shares) },
    };
  },
};

/** No lookup by meaning: nothing is as near as that. */
const EXACT_ONLY = fixed(2);

const MODES: readonly (readonly [string, SemanticTerms])[] = [
  ['exact only', EXACT_ONLY],
  ...BUDGETS.map((budget) => [`verified ${percent(budget)}`, verified(budget)] as const),
  ...THRESHOLDS.map((threshold) => [`static ${threshold}`, fixed(threshold)] as const),
];

const NOTES = [
  'A simulation with the decisions of the product (guards, thresholds learned from labels, rechecks), not load on a relay: 20,000 requests; intents by Zipf with exponent 1, of each intent its wordings again by Zipf. ' +
    'Nothing expires and nothing is evicted. The judge is never wrong.',
  'Saved, against no cache: each answer is assumed to have 250 tokens and each request a system prompt of 200, at 2.5 USD a million tokens of input and 10 of output. Rechecked hits are paid like misses, and each verdict of a judge at the same price.',
];
