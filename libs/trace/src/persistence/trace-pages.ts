import type { TraceRow, TraceSort } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { searchRanges } from '../domain/search-ranges';
import { toTraceRow } from './trace-mapper';
import { type PageRequest, pageQueries, type Range } from './trace-queries';
import type { TraceReader } from './trace-reader';
import type { TraceListRow } from './trace-rows';
import type { SqlQuery } from './sql-query';

/** Pages of traces in one order, whatever it takes to find them. */
export class TracePages {
  constructor(
    private readonly reader: TraceReader,
    private readonly clock: Clock,
  ) {}

  async read(page: PageRequest): Promise<TraceRow[]> {
    const { rows, words } = pageQueries(page);
    const inRows = rows ? await this.ask(rows) : [];
    if (words === undefined) return inRows;
    const inWords = await this.byWords(page, words);
    const merged = new Map([...inRows, ...inWords].map((row) => [row.id, row])); // the one with an excerpt comes last, and stays
    return [...merged.values()].sort(COMPARE[page.sort]).slice(0, page.rows);
  }

  /** All that have frequent words would have to be sorted: the newest are looked for among the newest first. */
  private async byWords(page: PageRequest, query: (range: Range) => SqlQuery): Promise<TraceRow[]> {
    const found: TraceRow[] = [];
    for (const range of searchRanges(page, this.clock.now())) {
      found.push(...(await this.ask(query(range))));
      if (found.length >= page.rows) break;
    }
    return found;
  }

  private async ask(query: SqlQuery): Promise<TraceRow[]> {
    return (await this.reader.read<TraceListRow>(query)).map(toTraceRow);
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
