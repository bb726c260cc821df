import { quantile } from '../simulator/quantile';
import type { Targets } from './limiters';
import type { Run } from './simulate';

export interface Figures {
  readonly throughput: number; // answers a second
  readonly goodput: number; // answers a second within both targets
  readonly ttftP50: number; // ms
  readonly ttftP99: number;
  readonly tpotP99: number;
  readonly refusals: number; // 429s for 100 answers
  readonly inFlight: number; // mean
}

const MS_PER_S = 1_000;

export function figuresOf(
  { answers, refusals, inFlightMs }: Run,
  durationMs: number,
  { ttftMs = Infinity, tpotMs = Infinity }: Targets,
): Figures {
  const good = answers.filter((answer) => answer.ttftMs <= ttftMs && answer.tpotMs <= tpotMs).length;
  const ttft = answers.map((answer) => answer.ttftMs);
  return {
    throughput: (answers.length / durationMs) * MS_PER_S,
    goodput: (good / durationMs) * MS_PER_S,
    ttftP50: quantile(ttft, 0.5),
    ttftP99: quantile(ttft, 0.99),
    tpotP99: quantile(
      answers.map((answer) => answer.tpotMs),
      0.99,
    ),
    refusals: (100 * refusals) / Math.max(1, answers.length),
    inFlight: inFlightMs / durationMs,
  };
}

/** Figure by figure. */
export function mean(all: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => all.reduce((sum, figures) => sum + figures[key], 0) / all.length;
  return {
    throughput: of('throughput'),
    goodput: of('goodput'),
    ttftP50: of('ttftP50'),
    ttftP99: of('ttftP99'),
    tpotP99: of('tpotP99'),
    refusals: of('refusals'),
    inFlight: of('inFlight'),
  };
}
