import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PAIR_FEATURES, pairFeatures } from '@relay/cache';
import { systemClock } from '@relay/core';
import { builtinEmbedder } from '@relay/embedding';
import { DIMENSIONS, vectorsOf } from '../../offline/semantic/vectors';
import type { Trainer } from '../trainer';
import { compare } from './evaluate';
import { fitLogistic, type LogisticModel, type PairRow } from './fit-logistic';
import { readPairSets, type PairSet } from './pair-sets';

/** Runs from dist/bench/training/pairs. */
const WEIGHTS_FILE = path.resolve(__dirname, '../../../..', 'libs/cache/src/domain/semantic/pair-weights.ts');
const DECIMALS = 3;
/** Below this cosine nothing is served, so nothing needs to be told apart. */
const MIN_COSINE = 0.6;
/** The nearest is the candidate more often than the others. */
const LATER_WEIGHT = 0.5;
/**
 * How much a set counts. QQP was made of pairs that are hard to tell apart, and leaves out all others: traffic is more like the intents, but
 * says less than they do about answers that differ in a detail.
 */
const SET_WEIGHTS: Readonly<Record<string, number>> = { Banking77: 1, CLINC150: 1, QQP: 0.2 };

export const pairs: Trainer = {
  summary:
    'how likely two questions have one answer, from cosine and words: --data DIR; writes the weights of pairScore',
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

/** A set's rows count as much together as its weight says, however many they are. */
function rowsOf({ name, asked }: PairSet): PairRow[] {
  const rows = asked.flatMap(({ text, near }) =>
    near.flatMap(({ text: stored, cosine, correct }, rank): PairRow[] => {
      const features = cosine < MIN_COSINE ? null : pairFeatures(text, stored, cosine);
      return features ? [{ features, correct, weight: rank === 0 ? 1 : LATER_WEIGHT }] : [];
    }),
  );
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  return rows.map((row) => ({ ...row, weight: (row.weight * (SET_WEIGHTS[name] ?? 0)) / total }));
}

const rounded = (value: number): number => Number(value.toFixed(DECIMALS));

const fileOf = ({ bias, weights }: LogisticModel): string =>
  [
    '/**',
    ' * Written by `npm run train -- pairs`: trained with the built-in embedder on half of the intents of Banking77 (CC BY 4.0) and CLINC150',
    ' * (CC BY 3.0), and on a quarter of the Quora question pairs; a weight for each of `PAIR_FEATURES`.',
    ' */',
    '// prettier-ignore',
    'export const PAIR_WEIGHTS: readonly number[] = [',
    ...weights.map((weight, i) => `  ${weight}, // ${PAIR_FEATURES[i]}`),
    '];',
    `export const PAIR_BIAS = ${bias};`,
    '',
  ].join('\n');
