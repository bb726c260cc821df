import { Counter, type Registry } from 'prom-client';
import type { TraceRecord } from '../domain/trace-record';
import { DURATION_BUCKETS, QUEUE_BUCKETS, TOKEN_BUCKETS, TPOT_BUCKETS, TTFT_BUCKETS } from './buckets';
import { LabelBound } from './label-bound';
import { LightHistogram } from './light-histogram';
import {
  DURATION_LABELS,
  MODEL_LABELS,
  type RequestSeries,
  RequestSeriesSet,
  SERIES_LABELS,
  TOKEN_LABELS,
} from './request-series';

const MAX_ERROR_CODES = 100;

interface ErrorCount {
  readonly labels: { readonly code: string; readonly http_status: string };
  count: number;
}

/**
 * Metrics of requests, all taken from the trace, so that the two never differ. Sums are plain numbers until somebody scrapes,
 * because counting in prom-client costs 0.35 µs a time.
 */
export class RequestMetrics {
  private readonly series: RequestSeriesSet;
  private readonly queueWait: LightHistogram;
  private readonly errors = new Map<string, ErrorCount>();
  private readonly codes = new LabelBound(MAX_ERROR_CODES);

  constructor(private readonly registry: Registry) {
    const server = 'gen_ai_server';
    this.series = new RequestSeriesSet({
      duration: this.histogram(
        `${server}_request_duration_seconds`,
        'Request to end of answer',
        DURATION_LABELS,
        DURATION_BUCKETS,
      ),
      ttft: this.histogram(
        `${server}_time_to_first_token_seconds`,
        'Request to first token',
        MODEL_LABELS,
        TTFT_BUCKETS,
      ),
      tpot: this.histogram(
        `${server}_time_per_output_token_seconds`,
        'Per output token after the first',
        MODEL_LABELS,
        TPOT_BUCKETS,
      ),
      tokens: this.histogram(
        'gen_ai_client_token_usage',
        'Tokens of a request by direction',
        TOKEN_LABELS,
        TOKEN_BUCKETS,
      ),
    });
    this.queueWait = this.histogram(
      'relay_queue_wait_seconds',
      'Wait for a slot, of those who waited',
      ['queue'],
      QUEUE_BUCKETS,
    );
    this.sum('relay_requests_total', 'Requests answered, refused or aborted', (series) => series.requests);
    this.sum('relay_cost_usd_total', 'What upstream calls cost', (series) => series.costUsd);
    this.sum(
      'relay_unpriced_requests_total',
      'Requests that took tokens of which no price is known',
      (series) => series.unpriced,
    );
    this.sum('relay_saved_usd_total', 'What cache hits would have cost', (series) => series.savedUsd);
    this.errorCounter();
  }

  private histogram(name: string, help: string, labelNames: readonly string[], buckets: number[]): LightHistogram {
    return new LightHistogram({ name, help, labelNames: [...labelNames], buckets, registers: [this.registry] });
  }

  private sum(name: string, help: string, read: (series: RequestSeries) => number): void {
    const all = this.series;
    new Counter({
      name,
      help,
      labelNames: [...SERIES_LABELS],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const series of all.values()) this.inc(series.labels, read(series));
      },
    });
  }

  private errorCounter(): void {
    const { errors } = this;
    new Counter({
      name: 'relay_errors_total',
      help: 'Failed requests by error code; a 429 names its limiter',
      labelNames: ['code', 'http_status'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const error of errors.values()) this.inc(error.labels, error.count);
      },
    });
  }

  observe(record: TraceRecord): void {
    const series = this.series.of(record);
    series.requests++;
    if (record.costUsd !== null) series.costUsd += Number(record.costUsd);
    else if (record.inputTokens !== null && record.cacheSource === null) series.unpriced++;
    if (record.savedUsd !== null) series.savedUsd += Number(record.savedUsd);
    series.duration.observe(record.totalMs / 1_000);
    if (record.inputTokens !== null) series.input.observe(record.inputTokens);
    if (record.outputTokens !== null) series.output.observe(record.outputTokens);
    if (record.ttftMs !== null) this.observeTokenTimes(series, record.ttftMs, record);
    if (record.queue !== 'none') this.queueWait.series({ queue: record.queue }).observe(record.queueMs / 1_000);
    if (record.errorCode !== null) this.countError(record.errorCode, String(record.httpStatus));
  }

  private observeTokenTimes(series: RequestSeries, ttftMs: number, record: TraceRecord): void {
    series.ttft.observe(ttftMs / 1_000);
    if (!record.stream || record.outputTokens === null || record.outputTokens < 2) return;
    series.tpot.observe((record.totalMs - ttftMs) / (record.outputTokens - 1) / 1_000);
  }

  private countError(errorCode: string, http_status: string): void {
    const code = this.codes.of(errorCode);
    const key = `${code} ${http_status}`;
    const known = this.errors.get(key);
    if (known === undefined) this.errors.set(key, { labels: { code, http_status }, count: 1 });
    else known.count++;
  }
}
