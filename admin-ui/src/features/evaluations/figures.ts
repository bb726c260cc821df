import type { Tone } from '../../components/status-badge';
import { formatDuration } from '../../format/duration';
import { formatUsd } from '../../format/money';
import { formatCompact, formatShare } from '../../format/number';
import type { ComparedFigure, EvaluationGroup, Figure, Verdict } from './evaluations.queries';

type Value = number | string | null;
type Kind = 'score' | 'share' | 'ms' | 'usd' | 'count';

interface FigureText {
  readonly figure: Figure;
  readonly short: string;
  readonly long: string;
  readonly kind: Kind;
}

/** In the order of columns and rows. */
export const FIGURES: readonly FigureText[] = [
  { figure: 'quality', short: 'Quality', long: 'Quality (feedback)', kind: 'score' },
  { figure: 'errorShare', short: 'Errors', long: 'Errors', kind: 'share' },
  { figure: 'p50Ms', short: 'P50', long: 'P50', kind: 'ms' },
  { figure: 'p95Ms', short: 'P95', long: 'P95', kind: 'ms' },
  { figure: 'ttftP50Ms', short: 'TTFT P50', long: 'First token, P50', kind: 'ms' },
  { figure: 'ttftP95Ms', short: 'TTFT P95', long: 'First token, P95', kind: 'ms' },
  { figure: 'costPer1kUsd', short: '$/1k', long: 'Cost of 1,000 requests', kind: 'usd' },
  { figure: 'cacheHitShare', short: 'Cache hits', long: 'Cache hits', kind: 'share' },
  { figure: 'outputTokens', short: 'Tokens out', long: 'Output tokens, mean', kind: 'count' },
];

const KINDS = new Map(FIGURES.map(({ figure, kind }) => [figure, kind]));
const SCORE_PLACES = 2;

export function formatFigure(figure: Figure, value: Value): string {
  if (value === null) return '–';
  if (typeof value === 'string') return formatUsd(value);
  switch (KINDS.get(figure)) {
    case 'score':
      return value.toFixed(SCORE_PLACES);
    case 'share':
      return formatShare(value);
    case 'ms':
      return formatDuration(value);
    default:
      return formatCompact(Math.abs(value) < 100 ? Number(value.toPrecision(3)) : Math.round(value));
  }
}

/** With its sign: `+12 %`, `−0.08`, `+240 ms`. */
export function formatDifference(figure: Figure, value: Value): string {
  if (value === null) return '–';
  const isNegative = typeof value === 'string' ? value.startsWith('-') : value < 0;
  const size = typeof value === 'string' ? value.replace('-', '') : Math.abs(value);
  const text = formatFigure(figure, size);
  if (Number(size) === 0) return text;
  return `${isNegative ? '−' : '+'}${text}`;
}

export const VERDICTS = {
  worse: { tone: 'bad', label: 'worse' },
  better: { tone: 'good', label: 'better' },
  different: { tone: 'accent', label: 'different' },
  'no-difference': { tone: 'calm', label: 'no difference seen' },
  'too-few': { tone: 'warn', label: 'too few to tell' },
} as const satisfies Record<Verdict, { tone: Tone; label: string }>;

/** `0.71 to 0.83, 95%`: what a value lies in; empty where nobody can tell. */
export function intervalOf(figure: Figure, { low, high }: EvaluationGroup['figures'][Figure]): string {
  if (low === null || high === null) return '';
  return `${formatFigure(figure, low)} to ${formatFigure(figure, high)} (95%)`;
}

/** One sentence of a comparison: what became worse, then what became better. */
export function summaryOf(figures: readonly ComparedFigure[]): { readonly tone: Tone; readonly text: string } {
  const named = (verdict: Verdict): string =>
    figures
      .filter((one) => one.verdict === verdict)
      .map(({ figure }) => FIGURES.find((text) => text.figure === figure)?.long ?? figure)
      .join(', ');
  const [worse, better] = [named('worse'), named('better')];
  const also = better === '' ? '' : ` Better: ${better}.`;
  if (worse !== '') return { tone: 'bad', text: `Worse: ${worse}.${also}` };
  if (better !== '') return { tone: 'good', text: `Better: ${better}. Nothing is worse.` };
  const isUnknown = figures.every(({ verdict }) => verdict === 'too-few');
  return isUnknown
    ? { tone: 'warn', text: 'Too few requests to tell anything.' }
    : { tone: 'calm', text: 'No difference seen in what could be compared.' };
}

/** For the places of marks: an amount becomes a position on the screen, and nothing else. */
export const positionOf = (value: Value): number | null => (value === null ? null : Number(value));

/** Rows of the table, in any order. */
export function sortValue({ key, figures, ...group }: EvaluationGroup, column: string): string | number | null {
  if (column === 'key') return key;
  if (column === 'requests' || column === 'verdicts' || column === 'badHits') return group[column];
  return column in figures ? positionOf(figures[column as Figure].value) : null;
}
