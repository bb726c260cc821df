import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import {
  TRACE_FACETS,
  type TraceFacets,
  type TraceFilter,
  type TraceHistogram,
  type TraceHistogramQuery,
} from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { bucketsOf, timeRange } from './domain/time-range';
import { type FacetRow, facetsQuery, MAX_COUNTED } from './persistence/trace-facets.sql';
import { type HistogramRow, histogramQuery } from './persistence/trace-histogram.sql';
import { figuresOf, newestOf } from './trace-figures';
import { TraceReader } from './persistence/trace-reader';

/** Counts traces. Each question looks at a day where no time is given, and throws `unavailable` where it takes too long. */
@Injectable()
export class TraceCounts {
  private readonly reader: TraceReader;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new TraceReader(dataSource);
  }

  async facets(filter: TraceFilter, tenantScope: string | null): Promise<TraceFacets> {
    const range = timeRange(filter, this.clock.now());
    const rows = await this.reader.read<FacetRow>(facetsQuery({ ...filter, ...range }, tenantScope));
    const valuesOf = (wanted: string) =>
      rows.flatMap(({ facet, value, count }) =>
        facet === wanted && value !== null ? [{ value, count: Number(count) }] : [],
      );
    const sampled = rows.some(({ facet, count }) => facet === null && Number(count) >= MAX_COUNTED);
    const facets = Object.fromEntries(TRACE_FACETS.map((facet) => [facet, valuesOf(facet)])) as TraceFacets['facets'];
    return { ...range, sampled, facets };
  }

  async histogram(query: TraceHistogramQuery, tenantScope: string | null): Promise<TraceHistogram> {
    const { buckets, groupBy, newest: withNewest, ...asked } = query;
    const range = timeRange(asked, this.clock.now());
    const filter = { ...asked, ...range };
    const { widthMs, begins } = bucketsOf(range, buckets);
    const [rows, figures, newest] = await Promise.all([
      this.reader.read<HistogramRow>(histogramQuery(filter, tenantScope, widthMs)),
      figuresOf(this.reader, filter, tenantScope, groupBy),
      withNewest === true ? newestOf(this.reader, filter, tenantScope) : null,
    ]);
    const byBegin = new Map(rows.map((row) => [Number(row.bucket) * widthMs, row]));
    return { ...range, bucketMs: widthMs, data: begins.map((at) => toBucket(at, byBegin.get(at))), ...figures, newest };
  }
}

function toBucket(at: number, row: HistogramRow | undefined): TraceHistogram['data'][number] {
  const { ok = 0, error = 0, rejected = 0, aborted = 0, p50 = null, p95 = null } = row ?? {};
  return { at: new Date(at).toISOString(), ok, error, rejected, aborted, p50Ms: p50, p95Ms: p95 };
}
