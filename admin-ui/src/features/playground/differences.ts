import { choicesOf } from '../../components/plan-choices';
import { formatDuration } from '../../format/duration';
import { compareUsd, formatUsd } from '../../format/money';
import { formatCompact, formatDecimal } from '../../format/number';
import { tokensPerSecond } from './answer';
import { planOf, type LaneState } from './lane';

export interface Difference {
  readonly name: string;
  readonly values: readonly [string, string];
  readonly differs: boolean;
  readonly better: 0 | 1 | null; // where one can be said to be
}

/** Figures of two answers, or the choices of two plans, beside each other; nothing before both are there. */
export function differencesOf(a: LaneState, b: LaneState): readonly Difference[] {
  return a.answer && b.answer ? figures(a, b) : choices(a, b);
}

/** A share of the larger figure: what differs by less differs by chance. */
const NOISE = 0.05;
const near = (one: number, two: number): boolean =>
  Math.abs(one - two) <= NOISE * Math.max(Math.abs(one), Math.abs(two));

function figures(a: LaneState, b: LaneState): readonly Difference[] {
  const number = (
    name: string,
    pick: (lane: LaneState) => number | null | undefined,
    show: (value: number | null | undefined) => string,
    least: boolean,
  ): Difference => {
    const [one, two] = [pick(a) ?? null, pick(b) ?? null];
    const better = one === null || two === null || near(one, two) ? null : one < two === least ? 0 : 1;
    return row(name, show(one), show(two), better);
  };
  return [
    row('Served by', servedBy(a), servedBy(b)),
    number('TTFT', ({ answer }) => answer?.ttftMs, formatDuration, true),
    number('Time', ({ answer }) => answer?.elapsedMs, formatDuration, true),
    number('Tokens/s', ({ answer }) => (answer ? tokensPerSecond(answer) : null), formatDecimal, false),
    row('Tokens', tokens(a), tokens(b)),
    cost(a, b),
    row('Cache', a.answer?.facts?.cache ?? '–', b.answer?.facts?.cache ?? '–'),
  ];
}

function cost(a: LaneState, b: LaneState): Difference {
  const [one, two] = [a.trace?.costUsd ?? null, b.trace?.costUsd ?? null];
  const order = one === null || two === null ? 0 : compareUsd(one, two);
  return row('Cost', formatUsd(one), formatUsd(two), order === 0 ? null : order < 0 ? 0 : 1);
}

function choices(a: LaneState, b: LaneState): readonly Difference[] {
  const [one, two] = [planOf(a), planOf(b)];
  if (!one || !two) return [];
  const right = new Map(choicesOf(two.plan, two.decisions).map(({ name, value }) => [name, value]));
  const expected = (name: string, key: string, show: (value: number | null | undefined) => string): Difference =>
    row(name, show(one.predicted[key]), show(two.predicted[key]));
  return [
    ...choicesOf(one.plan, one.decisions).map(({ name, value }) => row(name, value, right.get(name) ?? '–')),
    row('First candidate', first(one.candidates), first(two.candidates)),
    expected('Expected cost', 'costUsd', (usd) => formatUsd(usd == null ? null : usd.toFixed(12))),
    expected('Expected time', 'totalMs', formatDuration),
  ];
}

const row = (name: string, one: string, two: string, better: 0 | 1 | null = null): Difference => ({
  name,
  values: [one, two],
  differs: one !== two,
  better,
});

const first = (candidates: readonly { readonly model: string; readonly provider: string }[]): string =>
  candidates[0] ? `${candidates[0].model} at ${candidates[0].provider}` : 'none';

const servedBy = ({ answer }: LaneState): string =>
  [answer?.facts?.model, answer?.facts?.provider].filter(Boolean).join(' at ') || '–';

const tokens = ({ answer }: LaneState): string =>
  answer?.usage ? `${formatCompact(answer.usage.input)} → ${formatCompact(answer.usage.output)}` : '–';
