import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { addRunCounts, CHAR_CLASSES, COUNTS_PER_CLASS, ENGLISH_SLOT, RUN_COUNTS } from '@relay/prompt';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { fitWeights, type Row } from './tokens/fit-weights';
import { PROSE, type Sample } from './tokens/prose';
import { TECHNICAL } from './tokens/technical';
import type { Trainer } from './trainer';

/** Runs from dist/bench/training. */
const WEIGHTS_FILE = path.resolve(__dirname, '../../..', 'libs/prompt/src/tokens/token-weights.ts');
/** Samples are also taken apart into pieces of about so many characters, so that each kind of run is seen in many mixtures. */
const PIECE_CHARS = 80;
const DECIMALS = 4;
/** How often a kind of text counts: most prompts are English or technical. */
const ENGLISH_WEIGHT = 8;
const TECHNICAL_WEIGHT = 2;

/**
 * Fits the weights of `estimateTokens` to o200k_base over own texts, writes them, and prints the error on texts that were held
 * out, beside that of a quarter of the bytes.
 */
export const tokens: Trainer = {
  summary: 'tokens by kind of character, against a real tokenizer; needs no data',
  run: () => Promise.resolve(calibrate()),
};

function calibrate(): void {
  const samples = Object.entries({ ...PROSE, ...TECHNICAL });
  const rows = samples.flatMap(([name, { fit }]) => [fit, ...piecesOf(fit)].map((text) => rowOf(text, weightOf(name))));
  const weights = fitWeights(rows, RUN_COUNTS, new Set([ENGLISH_SLOT])).map((weight) =>
    Number(weight.toFixed(DECIMALS)),
  );
  writeFileSync(WEIGHTS_FILE, fileOf(weights));
  process.stdout.write(`${report(samples, weights)}\n`);
}

function weightOf(name: string): number {
  if (name in TECHNICAL) return TECHNICAL_WEIGHT;
  return name === 'en' ? ENGLISH_WEIGHT : 1;
}

function rowOf(text: string, weight = 1): Row {
  const counts = new Float64Array(RUN_COUNTS);
  addRunCounts(text, 0, text.length, counts);
  return { counts, tokens: countTokens(text), weight };
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const word of text.split(/(?=\s)/)) {
    piece += word;
    if (piece.length < PIECE_CHARS) continue;
    pieces.push(piece);
    piece = '';
  }
  return piece.length > PIECE_CHARS / 2 ? [...pieces, piece] : pieces;
}

function fileOf(weights: Float64Array): string {
  const lines = CHAR_CLASSES.map(({ name }, kind) => {
    const [run, char, over] = weights.subarray(kind * COUNTS_PER_CLASS, (kind + 1) * COUNTS_PER_CLASS);
    return `  ${run}, ${char}, ${over}, // ${name}`;
  });
  return [
    '/** Written by `npm run train -- tokens`: tokens for each run, character, and character beyond the usual length, by class. */',
    '// prettier-ignore',
    'export const TOKEN_WEIGHTS: readonly number[] = [',
    ...lines,
    `  ${weights[ENGLISH_SLOT]}, // words that tell English`,
    '];',
    '',
  ].join('\n');
}

function report(samples: readonly (readonly [string, Sample])[], weights: Float64Array): string {
  const lines = samples.map(([name, { held }]) => {
    const { counts, tokens } = rowOf(held);
    const estimate = counts.reduce((sum, count, i) => sum + count * (weights[i] ?? 0), 0);
    return { name, tokens, ours: estimate / tokens - 1, quarter: Buffer.byteLength(held) / 4 / tokens - 1 };
  });
  const mean = (of: 'ours' | 'quarter', some = lines): string =>
    percent(some.reduce((sum, line) => sum + Math.abs(line[of]), 0) / some.length);
  const inProse = lines.filter(({ name }) => name in PROSE);
  const inTechnical = lines.filter(({ name }) => name in TECHNICAL);
  return [
    '| held-out text | tokens | estimate | bytes / 4 |',
    '|---|---|---|---|',
    ...lines.map(
      ({ name, tokens, ours, quarter }) => `| ${name} | ${tokens} | ${percent(ours)} | ${percent(quarter)} |`,
    ),
    `| mean error, ${inProse.length} languages | | ${mean('ours', inProse)} | ${mean('quarter', inProse)} |`,
    `| mean error, ${inTechnical.length} technical | | ${mean('ours', inTechnical)} | ${mean('quarter', inTechnical)} |`,
    `| mean error, all | | ${mean('ours')} | ${mean('quarter')} |`,
  ].join('\n');
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
