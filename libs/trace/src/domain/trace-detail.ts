import type { RouteCandidate } from '@relay/contracts';
import { durationText } from './duration-text';
import { inOnePiece, jsonText, quoted } from './json-text';
import { type Features, featuresText } from './trace-features';
import type { AttemptRecord, StageRecord, TraceRecord } from './trace-record';

/** What single requests are looked at for, as one column of JSON text: tuples instead of names, nothing where there is nothing. */
export interface TraceDetailColumn {
  readonly a?: readonly AttemptTuple[];
  readonly s?: readonly StageRecord[];
  readonly f?: Features;
  readonly c?: readonly RouteCandidate[];
  readonly p?: Predicted | readonly (number | null)[];
}

type Predicted = Readonly<Record<string, number | null>>;

/** What is predicted of nearly every request; kept without these names, in this order. */
const PREDICTED = [
  ...['ttftMs', 'waitMs', 'costUsd', 'quality', 'totalMs', 'ttftP90Ms'],
  ...['inputTokens', 'outputTokens', 'serviceP50Ms', 'serviceP90Ms'],
];

type AttemptTuple = readonly [
  provider: string,
  model: string,
  outcome: string,
  upstreamStatus: number | null,
  startMs: number,
  durationMs: number,
  inputTokens?: number | null,
  outputTokens?: number | null,
  costUsd?: string | null,
];

/** A `TraceDetailColumn` as JSON; null where there is nothing to keep. `at` and `user` are those of the row. */
export function detailText(record: TraceRecord, at: number, user: string | null): string | null {
  const { attempts, stages, shared = null } = record;
  let text = '{';
  if (attempts.length > 0) text = joined(text, `"a":${listText(attempts, attemptText)}`);
  if (stages.length > 0) text = joined(text, `"s":${listText(stages, stageText)}`);
  const plan =
    shared === null ? planText(record, at, user) : (shared.detail ??= inOnePiece(planText(record, at, user)));
  if (plan !== '') text = joined(text, plan);
  return text.length === 1 ? null : `${text}}`;
}

/** What the plan was made of, and expected; '' where there was none. */
function planText(record: TraceRecord, at: number, user: string | null): string {
  const { tenant, model, stream, tags, features, scores, predicted } = record;
  let text = '{';
  if (features !== null)
    text = joined(text, `"f":${featuresText(features, { at, tenant, model, stream, user, tags })}`);
  if (scores !== null) text = joined(text, `"c":${jsonText(scores)}`);
  if (predicted !== null) text = joined(text, `"p":${predictedText(predicted)}`);
  return text.slice(1);
}

/** `text` begins with its bracket. Appending is a third cheaper than `map` and `join`, which copy each text once more. */
const joined = (text: string, next: string): string => (text.length === 1 ? text + next : `${text},${next}`);

export function unpackPredicted(kept: TraceDetailColumn['p']): Predicted {
  if (!Array.isArray(kept)) return { ...(kept as Predicted | undefined) };
  const values = kept as readonly (number | null)[];
  return Object.fromEntries(PREDICTED.map((name, i) => [name, values[i] ?? null]));
}

export function unpackAttempts(tuples: readonly AttemptTuple[] | undefined): readonly AttemptRecord[] {
  return (tuples ?? []).map(([provider, model, outcome, upstreamStatus, startMs, durationMs, input, output, cost]) => ({
    ...{ provider, model, outcome, upstreamStatus, startMs, durationMs },
    ...(input != null && { inputTokens: input }),
    ...(output != null && { outputTokens: output }),
    ...(cost != null && { costUsd: cost }),
  }));
}

function listText<T>(items: readonly T[], textOf: (item: T) => string): string {
  let text = '[';
  for (const item of items) text = joined(text, textOf(item));
  return `${text}]`;
}

function predictedText(predicted: Predicted): string {
  let names = 0;
  for (const _ in predicted) names++;
  if (names !== PREDICTED.length) return jsonText(predicted);
  let text = '[';
  for (const name of PREDICTED) {
    const value = predicted[name];
    if (value === undefined) return jsonText(predicted);
    text = joined(text, value === null ? 'null' : jsonText(value));
  }
  return `${text}]`;
}

function stageText([name, startMs, durationMs, attributes]: StageRecord): string {
  const what = `[${quoted(name)},${timeText(startMs)},${timeText(durationMs)}`;
  return attributes === undefined ? `${what}]` : `${what},${attributesText(attributes)}]`;
}

const timeText = (ms: number): string => (Number.isFinite(ms) ? durationText(ms) : 'null');

function attributesText(attributes: NonNullable<StageRecord[3]>): string {
  let text = '{';
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) text = joined(text, `${quoted(name)}:${jsonText(value)}`);
  }
  return `${text}}`;
}

function attemptText(attempt: AttemptRecord): string {
  const { provider, model, outcome, upstreamStatus, startMs, durationMs } = attempt;
  const { inputTokens, outputTokens, costUsd } = attempt;
  const called = `[${quoted(provider)},${quoted(model)},${quoted(outcome)},${upstreamStatus}`;
  const what = `${called},${timeText(startMs)},${timeText(durationMs)}`;
  if (inputTokens === undefined && outputTokens === undefined && costUsd === undefined) return `${what}]`;
  return `${what},${jsonText(inputTokens)},${jsonText(outputTokens)},${jsonText(costUsd)}]`;
}
