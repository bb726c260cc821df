import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { TraceExportQuery } from '@relay/contracts';
import { CLOCK, type Clock, toRelayError } from '@relay/core';
import { DataSource } from 'typeorm';
import type { TracePosition } from '../domain/trace-cursor';
import type { TraceSearch } from '../domain/trace-search';
import { TracePages } from '../persistence/trace-pages';
import { TraceReader } from '../persistence/trace-reader';
import { TRACE_FORMATS } from './trace-format';

/** Rows that are in memory at a time, about 1 kB each. */
const ROWS_A_READ = 2_000;
/** One read of an export: it may go through much that it does not want. */
const READ_TIMEOUT_MS = 25_000;

/** How an export went. */
export interface ExportProgress {
  rows: number;
  isBroken: boolean; // it ended before its end, and its last line says so
}

/** Writes down as many traces as there are, some at a time: no connection is held while whoever reads them is slow. */
@Injectable()
export class TraceExport {
  private readonly pages: TracePages;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.pages = new TracePages(new TraceReader(dataSource, READ_TIMEOUT_MS), clock);
  }

  /**
   * The texts that make up an export of what is there when it begins. What goes wrong at first is thrown; later it ends the export with
   * a line that says so, and `progress.isBroken`. `checkReader` rejects where the reader may have no more; it is asked before each read.
   */
  async *texts(
    { format: name, sort, rows: wanted, ...filter }: TraceExportQuery,
    tenantScope: string | null,
    progress: ExportProgress,
    checkReader: () => Promise<void>,
  ): AsyncGenerator<string> {
    const format = TRACE_FORMATS[name];
    const bounded: TraceSearch = { ...filter, to: filter.to ?? new Date(this.clock.now()).toISOString() };
    let after: TracePosition | null = null;
    for (let isMore = true; isMore;) {
      const rows = Math.min(ROWS_A_READ, wanted - progress.rows);
      try {
        await checkReader();
        const page = await this.pages.read({ filter: bounded, tenantScope, sort, after, rows });
        yield (after === null ? format.head() : '') + format.rows(page);
        progress.rows += page.length;
        const last = page.at(-1);
        after = last ? { id: last.id, at: Date.parse(last.at) } : after;
        isMore = page.length === rows && progress.rows < wanted;
      } catch (error) {
        if (after === null) throw error;
        progress.isBroken = true;
        yield format.failure(toRelayError(error));
        return;
      }
    }
  }
}
