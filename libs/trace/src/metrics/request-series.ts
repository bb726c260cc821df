import type { TraceRecord } from '../domain/trace-record';
import { LabelBound } from './label-bound';

const MAX_ENDPOINTS = 50;
const MAX_MODELS = 200;
const MAX_PROVIDERS = 100;
const MAX_SERIES = 5_000;

export const MODEL_LABELS = ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_response_model'] as const;
export const TOKEN_LABELS = [...MODEL_LABELS, 'gen_ai_token_type'] as const;
export const SERIES_LABELS = [...MODEL_LABELS, 'status', 'cache'] as const;

type Labels<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;

/** One combination of labels: the label objects, made once, and its sums. */
export interface RequestSeries {
  readonly labels: Labels<typeof SERIES_LABELS>;
  readonly model: Labels<typeof MODEL_LABELS>;
  readonly input: Labels<typeof TOKEN_LABELS>;
  readonly output: Labels<typeof TOKEN_LABELS>;
  requests: number;
  costUsd: number;
  savedUsd: number;
}

/** The bounded set of label combinations that requests fall into. */
export class RequestSeriesSet {
  private readonly series = new Map<string, RequestSeries>();
  private readonly endpoints = new LabelBound(MAX_ENDPOINTS);
  private readonly models = new LabelBound(MAX_MODELS);
  private readonly providers = new LabelBound(MAX_PROVIDERS);

  values(): Iterable<RequestSeries> {
    return this.series.values();
  }

  /** The model is the one that served, because what apps ask for may be anything. */
  of(record: TraceRecord): RequestSeries {
    const { endpoint, provider, servedModel, status, cache } = record;
    const key = `${endpoint} ${provider} ${servedModel} ${status} ${cache}`;
    const known = this.series.get(key);
    if (known !== undefined) return known;
    if (this.series.size >= MAX_SERIES) return this.other(record);
    const model = {
      gen_ai_operation_name: this.endpoints.of(endpoint),
      gen_ai_provider_name: this.providers.of(provider),
      gen_ai_response_model: this.models.of(servedModel),
    };
    return this.add(key, newSeries(model, record));
  }

  private other(record: TraceRecord): RequestSeries {
    const key = `other ${record.status} ${record.cache}`;
    const model = { gen_ai_operation_name: 'other', gen_ai_provider_name: 'other', gen_ai_response_model: 'other' };
    return this.series.get(key) ?? this.add(key, newSeries(model, record));
  }

  private add(key: string, series: RequestSeries): RequestSeries {
    this.series.set(key, series);
    return series;
  }
}

function newSeries(model: Labels<typeof MODEL_LABELS>, { status, cache }: TraceRecord): RequestSeries {
  return {
    labels: { ...model, status, cache },
    model,
    input: { ...model, gen_ai_token_type: 'input' },
    output: { ...model, gen_ai_token_type: 'output' },
    requests: 0,
    costUsd: 0,
    savedUsd: 0,
  };
}
