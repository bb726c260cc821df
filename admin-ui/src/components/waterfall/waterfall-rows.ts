import type { Part } from './parts';
import type { TraceDetail } from '../../api/queries/trace.queries';

export interface WaterfallRow {
  readonly key: string;
  readonly name: string;
  readonly part: Part;
  readonly startMs: number;
  readonly durationMs: number;
  readonly note: string;
  readonly failed: boolean;
  readonly nested: boolean;
  readonly facts: readonly (readonly [string, string])[];
}

/** What a stage is about; all that is not named is the relay's own work. */
const PARTS: Readonly<Record<string, Part>> = {
  cache: 'cache',
  semantic: 'cache',
  follow: 'wait',
  backoff: 'wait',
  window: 'wait',
  queue: 'queue',
  admission: 'queue',
  upstream: 'upstream',
  guard: 'guard',
};

/** Stages in the order of their begin; calls of upstreams in place of the stage that made them, the one that answered in its parts. */
export function waterfallOf(trace: TraceDetail): readonly WaterfallRow[] {
  const { stages, attemptLog } = trace;
  const rows = stages.filter(({ name }) => name !== 'upstream' || attemptLog.length === 0).map(stageRow);
  const calls = attemptLog.flatMap((attempt, index) => attemptRows(attempt, index, trace));
  return [...rows, ...calls, ...rideOf(trace)].sort((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs);
}

/** Time that the relay itself took: what is neither waiting nor an upstream. */
export function overheadMs(trace: TraceDetail): number {
  const outside = new Set<Part>(['queue', 'wait', 'upstream', 'failed']);
  const spans = waterfallOf(trace).filter(({ part, nested }) => outside.has(part) && !nested);
  const sorted = spans
    .map(({ startMs, durationMs }) => [startMs, startMs + durationMs] as const)
    .sort((a, b) => a[0] - b[0]);
  let [covered, until] = [0, 0];
  for (const [from, to] of sorted) {
    covered += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return Math.max(0, trace.totalMs - covered);
}

function stageRow({ name, startMs, durationMs, attributes }: TraceDetail['stages'][number]): WaterfallRow {
  const facts = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, String(value)] as const);
  const note = attributes.reason ?? attributes.class ?? attributes.outcome ?? '';
  return {
    key: `${name} ${startMs}`,
    name: name === 'follow' ? 'waited for the same call' : name,
    part: PARTS[name] ?? 'relay',
    startMs,
    durationMs,
    note: String(note),
    failed: false,
    nested: false,
    facts,
  };
}

/** The wait for the same call that another request had under way. No stage tells of it where that was in the same process. */
function rideOf({ cache, cacheSource, stages, totalMs }: TraceDetail): readonly WaterfallRow[] {
  if (cache !== 'coalesced' || stages.some(({ name }) => name === 'follow')) return [];
  const startMs = Math.max(0, ...stages.map((stage) => stage.startMs + stage.durationMs));
  if (startMs >= totalMs) return [];
  return [
    {
      ...{ key: 'ride', name: 'waited for the same call', part: 'wait', startMs, durationMs: totalMs - startMs },
      ...{ note: '', failed: false, nested: false },
      facts: cacheSource === null ? [] : [['made by trace', cacheSource]],
    },
  ];
}

function attemptRows(
  attempt: TraceDetail['attemptLog'][number],
  index: number,
  { ttftMs }: TraceDetail,
): readonly WaterfallRow[] {
  const { provider, model, outcome, upstreamStatus, startMs, durationMs, inputTokens, outputTokens, costUsd } = attempt;
  const ok = outcome === 'ok';
  const known = {
    provider,
    model,
    outcome,
    'HTTP status': upstreamStatus,
    'input tokens': inputTokens,
    'output tokens': outputTokens,
    'cost USD': costUsd,
  };
  const facts = Object.entries(known).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)] as const],
  );
  const row: WaterfallRow = {
    key: `attempt ${index}`,
    name: `${provider} · ${model}`,
    part: ok ? 'upstream' : 'failed',
    startMs,
    durationMs,
    note: ok ? '' : `${outcome}${upstreamStatus === null ? '' : ` ${upstreamStatus}`}`,
    failed: !ok,
    nested: false,
    facts,
  };
  const streamMs = ttftMs === null ? 0 : startMs + durationMs - ttftMs;
  if (!ok || ttftMs === null || ttftMs <= startMs || streamMs < 1) return [row];
  const part = { failed: false, nested: true, facts: [] };
  const rate =
    outputTokens === null ? '' : `${outputTokens} tok · ${Math.round(outputTokens / (streamMs / 1_000))} tok/s`;
  return [
    row,
    {
      ...part,
      key: `${row.key} first`,
      name: 'to the first token',
      part: 'upstream',
      startMs,
      durationMs: ttftMs - startMs,
      note: '',
    },
    {
      ...part,
      key: `${row.key} stream`,
      name: 'stream',
      part: 'stream',
      startMs: ttftMs,
      durationMs: streamMs,
      note: rate,
    },
  ];
}
