import type { TraceRow, TraceSort } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { searchRanges } from '../domain/search-ranges';
import { toTraceRow } from './trace-mapper';
import { type PageRequest, pageQueries, type Range, type RangeQuery } from './trace-queries';
import type { TraceReader } from './trace-reader';
import type { TraceListRow } from './trace-rows';

/** Slower requests have an index of their own (request_traces_slow), in ms; page after page of the slowest is found there. */
const SLOW_MS = 1_000;

/** Pages of traces in one order, whatever it takes to find them. */
export class TracePages {
  constructor(
    private readonly reader: TraceReader,
    private readonly clock: Clock,
  ) {}

  async read(page: PageRequest): Promise<TraceRow[]> {
    const deadline = this.clock.monotonic() + this.reader.timeoutMs;
    const { rows, words } = pageQueries(page);
    const inRows = rows ? await this.look(page, rows, deadline, this.rangesOf(page)) : [];
    if (words === undefined) return inRows;
    const inWords = await this.look(page, words, deadline, searchRanges(page, this.clock.now()));
    const merged = new Map([...inRows, ...inWords].map((row) => [row.id, row])); // the one with an excerpt comes last, and stays
    return [...merged.values()].sort(COMPARE[page.sort]).slice(0, page.rows);
  }

  /**
   * The newest are looked for among the newest first: to plan a look at 30 days costs more than to find the page in the last of them (30 ms
   * and 10,000 buffers against 0.3 ms and 11), and all that have frequent words would have to be sorted.
   */
  private async look(
    page: PageRequest,
    query: RangeQuery,
    deadline: number,
    ranges: readonly Range[],
  ): Promise<TraceRow[]> {
    let found: TraceRow[] = [];
    for (const range of ranges) {
      const leftMs = Math.max(1, Math.ceil(deadline - this.clock.monotonic()));
      const more = (await this.reader.read<TraceListRow>(query(range), leftMs)).map(toTraceRow);
      found = page.sort === 'newest' ? [...found, ...more] : more; // in any other order a range holds the one before
      if (found.length >= page.rows) break;
    }
    return found;
  }

  private rangesOf(page: PageRequest): readonly Range[] {
    const hasLeast = page.filter.minMs !== undefined && page.filter.minMs >= SLOW_MS;
    if (page.sort === 'slowest' && !hasLeast) return [{ leastMs: SLOW_MS }, {}];
    return searchRanges(page, this.clock.now());
  }
}

const byId = (a: TraceRow, b: TraceRow): number => (a.id < b.id ? -1 : 1);
const byCost = (a: TraceRow, b: TraceRow): number => Number(a.costUsd) - Number(b.costUsd);

/** As the statements sort them; ids begin with the time. */
const COMPARE = {
  newest: (a, b) => byId(b, a),
  oldest: byId,
  slowest: (a, b) => b.totalMs - a.totalMs || byId(b, a),
  dearest: (a, b) => byCost(b, a) || byId(b, a),
} as const satisfies Record<TraceSort, (a: TraceRow, b: TraceRow) => number>;
