import type { TraceRow, TraceSort } from '@relay/contracts';
import { toTraceRow } from './trace-mapper';
import { type PageRequest, pageQueries } from './trace-queries';
import type { TraceReader } from './trace-reader';
import type { TraceListRow } from './trace-rows';

/** Pages of traces in one order, whatever it takes to find them. */
export class TracePages {
  constructor(private readonly reader: TraceReader) {}

  async read(page: PageRequest): Promise<TraceRow[]> {
    const found: TraceRow[][] = [];
    for (const query of pageQueries(page)) found.push((await this.reader.read<TraceListRow>(query)).map(toTraceRow));
    const [rows = [], byWords] = found;
    if (byWords === undefined) return rows;
    const merged = new Map([...rows, ...byWords].map((row) => [row.id, row])); // the one with an excerpt comes last, and stays
    return [...merged.values()].sort(COMPARE[page.sort]).slice(0, page.rows);
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
