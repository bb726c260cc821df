import { evaluationFigureSchema, type EvaluationGroup, type Evaluations } from '@relay/contracts';
import { stringify } from 'csv-stringify/sync';

const FIGURES = evaluationFigureSchema.options;
const COUNTS = ['requests', 'errors', 'costUsd', 'verdicts', 'voices', 'badHits'] as const;
const HEAD = [...COUNTS, ...FIGURES.flatMap((name) => [name, `${name}Low`, `${name}High`])];

const FORMULA = /^[=+\-@\t\r]/;

/** A line for each group and one of the total; each figure has its interval beside it. A name that a spreadsheet would take for a formula is quoted. */
export function evaluationsCsv({ by, data, total }: Evaluations): string {
  const rows = data.map((group) => [safe(group.key ?? '(none)'), ...cells(group)]);
  return stringify([[by, ...HEAD], ...rows, ['(total)', ...cells(total)]]);
}

function cells(group: EvaluationGroup): (string | number | null)[] {
  const figures = FIGURES.flatMap((name) => {
    const { value, low, high } = group.figures[name];
    return [value, low, high];
  });
  return [...COUNTS.map((name) => group[name]), ...figures];
}

const safe = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
