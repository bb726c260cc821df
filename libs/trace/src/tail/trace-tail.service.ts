import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { TraceRow, TraceTailFilter } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { TracePages } from '../persistence/trace-pages';
import { TraceReader } from '../persistence/trace-reader';
import { databaseTime, newestSince, type NewRow } from './new-rows';
import { eventIdOf, type TailPosition } from './tail-position';
import { TailReader } from './tail-reader';

/** Rows that are looked up with one statement. */
const ROWS_A_LOOKUP = 2_000;
/** Who comes back is told of at most so many rows, the newest, of so long. */
const MAX_RESUMED_ROWS = 1_000;
const MAX_RESUMED_US = 3_600_000_000n;

export interface TailEvent {
  readonly eventId: string;
  readonly row: TraceRow;
}

/** Who follows new rows. Neither function may throw or wait. */
export interface TailListener {
  readonly filter: TraceTailFilter;
  readonly tenantScope: string | null; // null: all tenants
  onEvents(events: readonly TailEvent[]): void;
  /** Rows that were not looked at for want of time. */
  onMissed(count: number): void;
}

export interface Following {
  /** Rows that are stored after it has resolved are told, unless the database was away. Never rejects. */
  readonly began: Promise<void>;
  readonly stop: () => void;
}

/** Tells listeners of new traces of all processes. */
@Injectable()
export class TraceTail implements OnModuleDestroy {
  private readonly reader: TraceReader;
  private readonly pages: TracePages;
  private readonly newRows: TailReader;
  private readonly listeners = new Set<TailListener>();
  private began = Promise.resolve();

  constructor(@InjectDataSource() dataSource: DataSource, @Inject(CLOCK) clock: Clock) {
    this.reader = new TraceReader(dataSource);
    this.pages = new TracePages(this.reader, clock);
    this.newRows = new TailReader(this.reader, clock, (rows) => this.tell(rows));
  }

  /** Tells of new rows until it is stopped. */
  follow(listener: TailListener): Following {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.began = this.newRows.listen();
    const stop = (): void => {
      if (this.listeners.delete(listener) && this.listeners.size === 0) this.newRows.rest();
    };
    return { began: this.began, stop };
  }

  /** What was stored after a position, the newest of it; `missed`: how many more there are, as far as they are counted. */
  async since(
    position: TailPosition,
    { filter, tenantScope }: Pick<TailListener, 'filter' | 'tenantScope'>,
  ): Promise<{ readonly events: TailEvent[]; readonly missed: number }> {
    const oldest = (await databaseTime(this.reader)) - MAX_RESUMED_US;
    const rows = await newestSince(this.reader, { filter, tenantScope, position, oldest });
    const events = await this.eventsOf(rows.slice(0, MAX_RESUMED_ROWS).reverse(), filter, tenantScope);
    return { events, missed: Math.max(0, rows.length - MAX_RESUMED_ROWS) };
  }

  onModuleDestroy(): void {
    this.listeners.clear();
    this.newRows.rest();
  }

  /** Listeners that want the same share a look-up, so that many of them cost the database what one does. */
  private async tell(rows: readonly NewRow[]): Promise<void> {
    const alike = new Map<string, TailListener[]>();
    for (const listener of this.listeners) {
      const key = JSON.stringify([listener.filter, listener.tenantScope]);
      alike.set(key, [...(alike.get(key) ?? []), listener]);
    }
    for (const listeners of alike.values()) await this.tellAlike(rows, listeners);
  }

  private async tellAlike(rows: readonly NewRow[], listeners: readonly TailListener[]): Promise<void> {
    const [first] = listeners;
    if (first === undefined) return;
    const { tenantScope } = first;
    const own = tenantScope === null ? rows : rows.filter(({ tenant }) => tenant === tenantScope);
    try {
      const events = await this.eventsOf(own, first.filter, tenantScope);
      if (events.length > 0) for (const listener of listeners) listener.onEvents(events);
    } catch {
      for (const listener of listeners) listener.onMissed(own.length); // a filter that takes too long is its own loss
    }
  }

  private async eventsOf(
    rows: readonly NewRow[],
    filter: TraceTailFilter,
    tenantScope: string | null,
  ): Promise<TailEvent[]> {
    const events: TailEvent[] = [];
    for (let i = 0; i < rows.length; i += ROWS_A_LOOKUP) {
      const some = rows.slice(i, i + ROWS_A_LOOKUP);
      const found = new Map((await this.lookUp(some, filter, tenantScope)).map((row) => [row.id, row]));
      for (const position of some) {
        const row = found.get(position.id);
        if (row) events.push({ eventId: eventIdOf(position), row });
      }
    }
    return events;
  }

  private lookUp(rows: readonly NewRow[], filter: TraceTailFilter, tenantScope: string | null): Promise<TraceRow[]> {
    const times = rows.map(({ at }) => at.getTime());
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const range = { from: new Date(first).toISOString(), to: new Date(last + 1).toISOString() };
    const page = { filter: { ...filter, ...range }, tenantScope, sort: 'oldest', after: null } as const;
    return this.pages.read({ ...page, rows: rows.length, ids: rows.map(({ id }) => id) });
  }
}
