import type { EvaluationFigure, EvaluationVerdict } from '@relay/contracts';

/** In the order of columns and rows. */
export const FIGURE_NAMES: readonly { figure: EvaluationFigure; short: string; long: string }[] = [
  { figure: 'quality', short: 'quality', long: 'quality: mean of feedback, 0 to 1' },
  { figure: 'errorShare', short: 'errors', long: 'share of errors' },
  { figure: 'p50Ms', short: 'P50 ms', long: 'P50 of the whole time, ms' },
  { figure: 'p95Ms', short: 'P95 ms', long: 'P95 of the whole time, ms' },
  { figure: 'ttftP50Ms', short: 'TTFT P50', long: 'P50 of the time to the first token, ms' },
  { figure: 'ttftP95Ms', short: 'TTFT P95', long: 'P95 of the time to the first token, ms' },
  { figure: 'costPer1kUsd', short: 'USD/1k', long: 'cost of 1,000 requests, USD' },
  { figure: 'cacheHitShare', short: 'hits', long: 'share that the cache answered' },
  { figure: 'outputTokens', short: 'output', long: 'output tokens of an answer' },
];

export const VERDICT_WORDS: Readonly<Record<EvaluationVerdict, string>> = {
  worse: 'worse',
  better: 'better',
  different: 'different',
  'no-difference': 'no difference seen',
  'too-few': 'too few to tell',
};

type Value = number | string | null;

/** Digits of amounts that are estimates. */
const USD_DIGITS = 6;

/** A share as 0.123, ms whole, USD as it is but for digits that say nothing. */
export function figureText(figure: EvaluationFigure, value: Value): string {
  if (value === null) return '-';
  if (typeof value === 'string') return shortened(value);
  switch (figure) {
    case 'quality':
    case 'errorShare':
    case 'cacheHitShare':
      return value.toFixed(3);
    default:
      return value.toFixed(0);
  }
}

export function differenceText(figure: EvaluationFigure, value: Value): string {
  const text = figureText(figure, value);
  return value === null || text.startsWith('-') ? text : `+${text}`;
}

export const intervalText = (figure: EvaluationFigure, low: Value, high: Value): string =>
  low === null || high === null ? '-' : `${differenceText(figure, low)} .. ${differenceText(figure, high)}`;

/** Cut, not rounded: no amount becomes a float. */
function shortened(usd: string): string {
  const [whole = '0', fraction = ''] = usd.split('.');
  const kept = fraction.slice(0, USD_DIGITS).replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
}
