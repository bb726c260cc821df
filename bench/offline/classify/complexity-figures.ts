import { PromptClassifier } from '@relay/prompt';
import { mean, spearman } from '../../stats/ranks';
import type { Labelled } from '../../training/classifier/labelled';
import type { Section } from '../offline-scenario';

interface Rated {
  readonly row: Labelled;
  readonly share: number; // of models that failed
}
type Guess = (row: Labelled) => number;

export interface ComplexityFigures {
  readonly section: Section;
  readonly correlation: number; // Spearman, over all rows
}

/** Measures complexity on rows with a known share of failures: `trained` were learned from, `heldOut` were not. */
export function complexityFigures(trained: readonly Labelled[], heldOut: readonly Labelled[]): ComplexityFigures {
  const classifier = new PromptClassifier();
  const known = ratedOf(trained);
  const average = mean(known.map(({ share }) => share));
  const bySource = new Map(
    [...new Set(known.map(({ row }) => row.source))].map((source) => [
      source,
      mean(known.filter(({ row }) => row.source === source).map(({ share }) => share)),
    ]),
  );
  const guesses: Record<string, Guess> = {
    'the mean of all': () => average,
    'length of the prompt': ({ text }) => Math.min(1, Math.log2(1 + text.user.length) / 20),
    'mean of its data set': ({ source }) => bySource.get(source) ?? average,
    model: ({ text }) => classifier.complexity(text),
  };
  const rated = ratedOf(heldOut);
  const parts = [
    ['all', rated] as const,
    ...[...bySource.keys()].map((source) => [source, rated.filter(({ row }) => row.source === source)] as const),
  ];
  const table = parts.flatMap(([part, rows]) =>
    Object.entries(guesses).map(([name, guess]) => [
      `${part}: ${name}`,
      String(rows.length),
      ...figuresOf(rows, guess),
    ]),
  );
  return {
    correlation: correlationOf(rated, guesses['model'] ?? (() => average)),
    section: {
      title: 'Complexity',
      notes: [
        'Spearman correlation and mean absolute error against the share of models that fail: nine models on questions of many kinds, ' +
          'two on MMLU and GSM8K. Held-out rows. With two models the share is 0, 0.5 or 1, so that much of the error is chance.',
      ],
      table: [['held-out rows: guess', 'rows', 'Spearman', 'MAE'], ...table],
    },
  };
}

const ratedOf = (rows: readonly Labelled[]): Rated[] =>
  rows.flatMap((row) => (row.complexity === null ? [] : [{ row, share: row.complexity }]));

function figuresOf(rows: readonly Rated[], guess: Guess): string[] {
  const correlation = correlationOf(rows, guess);
  const error = mean(rows.map(({ row, share }) => Math.abs(guess(row) - share)));
  return [Number.isNaN(correlation) ? '-' : correlation.toFixed(3), error.toFixed(3)];
}

const correlationOf = (rows: readonly Rated[], guess: Guess): number =>
  spearman(
    rows.map(({ row }) => guess(row)),
    rows.map(({ share }) => share),
  );
