import type { TraceFigures, TraceFigureGroup, TraceFilter, TraceHistogram } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { trimDecimal } from './domain/cost';
import { type FiguresRow, figuresQuery, type NewestRow, newestQuery } from './persistence/trace-figures.sql';
import type { TraceReader } from './persistence/trace-reader';

type Figures = Pick<TraceHistogram, 'total' | 'groups'>;

/** Figures of all traces that are meant, and of their groups; null where telling takes too long. */
export async function figuresOf(
  reader: TraceReader,
  filter: TraceFilter,
  tenantScope: string | null,
  groupBy: TraceFigureGroup | undefined,
): Promise<Figures> {
  const rows = await inTime(reader.read<FiguresRow>(figuresQuery(filter, tenantScope, groupBy)));
  const total = rows?.find((row) => row.total);
  const groups = (rows ?? []).filter((row) => !row.total).map((row) => ({ key: row.key, ...toFigures(row) }));
  return { total: total ? toFigures(total) : null, groups };
}

/** What only the newest are asked for. */
export async function newestOf(
  reader: TraceReader,
  filter: TraceFilter,
  tenantScope: string | null,
): Promise<TraceHistogram['newest']> {
  const [row] = (await inTime(reader.read<NewestRow>(newestQuery(filter, tenantScope)))) ?? [];
  return row ? { ...row, overhead: toQuantiles(row.overhead) } : null;
}

/** The bars of a histogram are worth something without the figures beside them. */
async function inTime<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof RelayError && error.code === 'unavailable') return null;
    throw error;
  }
}

function toFigures(row: FiguresRow): TraceFigures {
  const { requests, ok, errors, rejected, aborted, answered, hits } = row;
  return {
    ...{ requests, ok, errors, rejected, aborted, answered, hits },
    ...{ inputTokens: row.input_tokens, outputTokens: row.output_tokens },
    ...{ costUsd: trimDecimal(row.cost_usd), savedUsd: trimDecimal(row.saved_usd) },
    ...{ latency: toQuantiles(row.latency), ttft: toQuantiles(row.ttft), wait: toQuantiles(row.wait) },
  };
}

function toQuantiles(shares: FiguresRow['latency']): TraceFigures['latency'] {
  const [p50 = null, p95 = null, p99 = null] = shares ?? [];
  return { p50Ms: p50, p95Ms: p95, p99Ms: p99 };
}
