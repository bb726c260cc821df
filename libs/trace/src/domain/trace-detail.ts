import type { RouteCandidate } from '@relay/contracts';
import type { AttemptRecord, StageRecord, TraceRecord } from './trace-record';
import { type Features, type KnownOfRow, packFeatures } from './trace-features';

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

/** `undefined` where there is nothing to keep. */
export function packDetail(record: TraceRecord, row: KnownOfRow): TraceDetailColumn | undefined {
  const { attempts, stages, features, scores, predicted } = record;
  const detail: TraceDetailColumn = {
    ...(attempts.length > 0 && { a: attempts.map(packAttempt) }),
    ...(stages.length > 0 && { s: stages }),
    ...(features !== null && { f: packFeatures(features, row) ?? {} }),
    ...(scores !== null && { c: scores }),
    ...(predicted !== null && { p: packPredicted(predicted) }),
  };
  return Object.keys(detail).length === 0 ? undefined : detail;
}

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

function packPredicted(predicted: Predicted): TraceDetailColumn['p'] {
  const values = PREDICTED.map((name) => predicted[name]);
  const isUsual = Object.keys(predicted).length === PREDICTED.length && !values.includes(undefined);
  return isUsual ? values.map((value) => value ?? null) : predicted;
}

function packAttempt(attempt: AttemptRecord): AttemptTuple {
  const { provider, model, outcome, upstreamStatus, startMs, durationMs } = attempt;
  const { inputTokens, outputTokens, costUsd } = attempt;
  const what = [provider, model, outcome, upstreamStatus, startMs, durationMs] as const;
  if (inputTokens === undefined && outputTokens === undefined && costUsd === undefined) return what;
  return [...what, inputTokens ?? null, outputTokens ?? null, costUsd ?? null];
}
