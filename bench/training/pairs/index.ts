import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PAIR_FEATURES } from '@relay/cache';
import { systemClock } from '@relay/core';
import { builtinEmbedder } from '@relay/embedding';
import { DIMENSIONS, vectorsOf } from '../../offline/semantic/vectors';
import type { Trainer } from '../trainer';
import { compare } from './evaluate';
import { fitLogistic, type LogisticModel, type PairRow } from './fit-logistic';
import { readPairSets, SURROUNDINGS, type PairSet } from './pair-sets';

/** Runs from dist/bench/training/pairs. */
const WEIGHTS_FILE = path.resolve(__dirname, '../../../..', 'libs/cache/src/domain/semantic/pair-weights.ts');
const DECIMALS = 3;
/** Of a stream the first prompts have little around them yet. */
const EARLY_SHARE = 1 / 6;

export const pairs: Trainer = {
  summary:
    'how likely two questions have one answer, from cosine, words and what lies around: --data DIR; writes the weights of pairScore',
  async run(args, say) {
    const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' } } });
    if (!values.data) throw new Error('pairs needs --data DIR, the folder of the data sets');
    const embedder = builtinEmbedder(systemClock);
    const sets = await readPairSets(values.data, (texts) => vectorsOf(texts, embedder, DIMENSIONS, say));
    await embedder.close();
    const fitted = fitLogistic(sets.filter(({ heldOut }) => !heldOut).flatMap(rowsOf));
    const model: LogisticModel = { bias: rounded(fitted.bias), weights: fitted.weights.map(rounded) };
    process.stdout.write(`${compare(sets, model).join('\n')}\n`);
    await writeFile(WEIGHTS_FILE, fileOf(model));
    say(`${path.relative('.', WEIGHTS_FILE)} is written; if it has changed, raise PAIR_SCORE_VERSION`);
  },
};

/** Sets count alike, however many rows they have. */
function rowsOf({ asked }: PairSet): PairRow[] {
  const rows = asked.slice(Math.floor(asked.length * EARLY_SHARE)).flat();
  const weight = 1 / rows.length;
  return rows.flatMap(({ features, correct }) => (features ? [{ features, correct, weight }] : []));
}

const rounded = (value: number): number => Number(value.toFixed(DECIMALS));

function fileOf({ bias, weights }: LogisticModel): string {
  const around = SURROUNDINGS.map((name, i) => `  ${name}: ${weights[PAIR_FEATURES.length + i]},`);
  return [
    '/**',
    ' * Written by `npm run train -- pairs`: trained with the built-in embedder on half of the intents of Banking77 (CC BY 4.0) and CLINC150',
    ' * (CC BY 3.0), asked one after the other; a weight for each of `PAIR_FEATURES`, then for each of the surroundings.',
    ' */',
    '// prettier-ignore',
    'export const PAIR_WEIGHTS: readonly number[] = [',
    ...PAIR_FEATURES.map((name, i) => `  ${weights[i]}, // ${name}`),
    '];',
    `export const PAIR_BIAS = ${bias};`,
    'export const SURROUNDINGS_WEIGHTS = {',
    ...around,
    '} as const;',
    '',
  ].join('\n');
}
