import type { TraceRecord } from '../domain/trace-record';
import { LabelBound } from './label-bound';
import type { HistogramSeries, LightHistogram } from './light-histogram';

const MAX_ENDPOINTS = 50;
const MAX_MODELS = 200;
const MAX_PROVIDERS = 100;
const MAX_ERROR_TYPES = 100;
const MAX_SERIES = 5_000;

export const MODEL_LABELS = ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_response_model'] as const;
/** Beside the labels that all have: what was asked for, and why it failed. */
export const DURATION_LABELS = [...MODEL_LABELS, 'gen_ai_request_model', 'error_type'] as const;
export const TOKEN_LABELS = [...MODEL_LABELS, 'gen_ai_token_type'] as const;
export const SERIES_LABELS = [...MODEL_LABELS, 'status', 'cache'] as const;

type ModelLabels = Readonly<Record<(typeof MODEL_LABELS)[number], string>>;

/** Histograms that every request is observed in. */
export interface RequestHistograms {
  readonly duration: LightHistogram;
  readonly ttft: LightHistogram;
  readonly tpot: LightHistogram;
  readonly tokens: LightHistogram;
}

/** One combination of labels: where its requests are counted, looked up once. */
export interface RequestSeries {
  readonly labels: Readonly<Record<(typeof SERIES_LABELS)[number], string>>;
  readonly duration: HistogramSeries;
  readonly ttft: HistogramSeries;
  readonly tpot: HistogramSeries;
  readonly input: HistogramSeries;
  readonly output: HistogramSeries;
  requests: number;
  unpriced: number;
  costUsd: number;
  savedUsd: number;
}

/** The bounded set of label combinations that requests fall into. */
export class RequestSeriesSet {
  private readonly series = new Map<string, RequestSeries>();
  private readonly endpoints = new LabelBound(MAX_ENDPOINTS);
  private readonly models = new LabelBound(MAX_MODELS);
  private readonly providers = new LabelBound(MAX_PROVIDERS);
  private readonly asked = new LabelBound(MAX_MODELS);
  private readonly errors = new LabelBound(MAX_ERROR_TYPES);

  constructor(private readonly histograms: RequestHistograms) {}

  values(): Iterable<RequestSeries> {
    return this.series.values();
  }

  /** What apps ask for may be anything: the name of a model that nobody served is told by nothing but its error. */
  of(record: TraceRecord): RequestSeries {
    const { endpoint, provider, servedModel, status, cache, errorCode } = record;
    const asked = servedModel === null ? null : record.model;
    const key = `${endpoint} ${provider} ${servedModel} ${asked} ${status} ${cache} ${errorCode}`;
    const known = this.series.get(key);
    if (known !== undefined) return known;
    if (this.series.size >= MAX_SERIES) return this.other(record);
    const model = {
      gen_ai_operation_name: this.endpoints.of(endpoint),
      gen_ai_provider_name: this.providers.of(provider),
      gen_ai_response_model: this.models.of(servedModel),
    };
    return this.add(key, this.create(model, { ...record, model: this.asked.of(asked) }));
  }

  private other(record: TraceRecord): RequestSeries {
    const key = `other ${record.status} ${record.cache}`;
    const model = { gen_ai_operation_name: 'other', gen_ai_provider_name: 'other', gen_ai_response_model: 'other' };
    return this.series.get(key) ?? this.add(key, this.create(model, { ...record, model: 'other' }));
  }

  private create(model: ModelLabels, { status, cache, model: asked, errorCode }: TraceRecord): RequestSeries {
    const { duration, ttft, tpot, tokens } = this.histograms;
    const error: Record<string, string> = errorCode === null ? {} : { error_type: this.errors.of(errorCode) };
    return {
      labels: { ...model, status, cache },
      duration: duration.series({ ...model, gen_ai_request_model: asked ?? 'none', ...error }),
      ttft: ttft.series(model),
      tpot: tpot.series(model),
      input: tokens.series({ ...model, gen_ai_token_type: 'input' }),
      output: tokens.series({ ...model, gen_ai_token_type: 'output' }),
      requests: 0,
      unpriced: 0,
      costUsd: 0,
      savedUsd: 0,
    };
  }

  private add(key: string, series: RequestSeries): RequestSeries {
    this.series.set(key, series);
    return series;
  }
}
