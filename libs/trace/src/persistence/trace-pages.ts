import type { TraceRow, TraceSort } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { searchRanges } from '../domain/search-ranges';
import { toTraceRow } from './trace-mapper';
import { foundNames, type FoundNames, type NameRow, namesQuery } from './trace-names.sql';
import type { SqlQuery } from './sql-query';
import { type PageRequest, pageQueries, type Range } from './trace-queries';
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

  /**
   * The newest are looked for among the newest first: to plan a look at 30 days costs more than to find the page in the last of them (30 ms
   * and 10,000 buffers against 0.3 ms and 11), and all that have frequent words would have to be sorted.
   */
  async read(page: PageRequest): Promise<TraceRow[]> {
    const deadline = this.clock.monotonic() + this.reader.timeoutMs;
    const found: TraceRow[] = [];
    for (const range of this.rangesOf(page)) {
      found.push(...(await this.look(page, range, deadline)));
      if (found.length >= page.rows) break;
    }
    return found.slice(0, page.rows);
  }

  /** Rows of one range, in their order; those that are found both ways once, with the excerpt that words bring. */
  private async look(page: PageRequest, range: Range, deadline: number): Promise<TraceRow[]> {
    const { rows, words } = pageQueries(page);
    const names = rows && page.filter.q !== undefined ? await this.namesOf(page.filter.q, range, deadline) : null;
    const inRows = rows ? await this.ask<TraceListRow>(rows(range, names), deadline) : [];
    if (words === undefined) return inRows.map(toTraceRow);
    const inWords = await this.ask<TraceListRow>(words(range, names), deadline);
    const merged = new Map([...inRows, ...inWords].map((row) => [row.id, toTraceRow(row)]));
    return [...merged.values()].sort(COMPARE[page.sort]);
  }

  private async namesOf(q: string, range: Range, deadline: number): Promise<FoundNames | null> {
    return foundNames(await this.ask<NameRow>(namesQuery(q, range), deadline));
  }

  private ask<Row>(query: SqlQuery, deadline: number): Promise<Row[]> {
    return this.reader.read<Row>(query, Math.max(1, Math.ceil(deadline - this.clock.monotonic())));
  }

  private rangesOf(page: PageRequest): readonly Range[] {
    if (page.sort === 'dearest') return isFree(page.after) ? [{ cost: 'none' }] : [{ cost: 'some' }, { cost: 'none' }];
    const hasLeast = page.filter.minMs !== undefined && page.filter.minMs >= SLOW_MS;
    if (page.sort === 'slowest' && !hasLeast) return [{ leastMs: SLOW_MS }, { belowMs: SLOW_MS }];
    return searchRanges(page, this.clock.now());
  }
}

const isFree = (after: PageRequest['after']): boolean => after?.value !== undefined && Number(after.value) <= 0;

const byId = (a: TraceRow, b: TraceRow): number => (a.id < b.id ? -1 : 1);
const byCost = (a: TraceRow, b: TraceRow): number => Number(a.costUsd) - Number(b.costUsd);

/** As the statements sort them; ids begin with the time. */
const COMPARE = {
  newest: (a, b) => byId(b, a),
  oldest: byId,
  slowest: (a, b) => b.totalMs - a.totalMs || byId(b, a),
  dearest: (a, b) => byCost(b, a) || byId(b, a),
} as const satisfies Record<TraceSort, (a: TraceRow, b: TraceRow) => number>;
