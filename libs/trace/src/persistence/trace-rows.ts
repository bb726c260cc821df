import type { CacheResult, Decision, QueueResult, RouteCandidate, TraceFeedback, TraceStatus } from '@relay/contracts';
import type { TraceDetailColumn } from '../domain/trace-detail';
import type { AttemptRecord, StageRecord } from '../domain/trace-record';
import type { StoredPlan } from './stored-plan';

/** A row of `request_traces` as lists read it; money comes as text. */
export interface TraceListRow {
  readonly id: string;
  readonly at: Date;
  readonly request_id: string | null; // null: that of the trace
  readonly tenant: string | null;
  readonly key_id: string | null;
  readonly endpoint: string | null;
  readonly model: string | null;
  readonly served_model: string | null;
  readonly provider: string | null;
  readonly status: TraceStatus;
  readonly http_status: number;
  readonly error_code: string | null;
  readonly stream: boolean;
  readonly cache: CacheResult;
  readonly queue: QueueResult;
  readonly queue_ms: number;
  readonly ttft_ms: number | null;
  readonly total_ms: number;
  readonly input_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly usage_estimated: boolean | null;
  readonly cost_usd: string | null;
  readonly saved_usd: string | null;
  readonly policy: string | null;
  readonly signature: string | null;
  readonly degraded: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly user_name: string | null;
  readonly attempt_count: number | null;
  readonly excerpt?: string;
}

const LIST_COLUMNS = [
  'id',
  'at',
  'request_id',
  'tenant',
  'key_id',
  'endpoint',
  'model',
  'served_model',
  'provider',
  'status',
  'http_status',
  'error_code',
  'stream',
  'cache',
  'queue',
  'queue_ms',
  'ttft_ms',
  'total_ms',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'usage_estimated',
  'cost_usd',
  'saved_usd',
  'policy',
  'signature',
  'degraded',
  'tags',
  'user_name',
] as const satisfies readonly (keyof TraceListRow)[];

/** How often upstreams were asked; rows of before `detail` have their attempts in a column of their own. */
const ATTEMPT_COUNT =
  "coalesce(json_array_length(trace.detail->'a'), jsonb_array_length(trace.attempts)) AS attempt_count";

/** What lists select of `request_traces trace`. */
export const LIST_SELECT = [...LIST_COLUMNS.map((column) => `trace.${column}`), ATTEMPT_COUNT].join(', ');

/** A row with everything that hangs on it. */
export interface TraceDetailRow extends TraceListRow {
  readonly detail: TraceDetailColumn | null;
  readonly attempts: readonly AttemptRecord[] | null;
  readonly error: string | null;
  readonly cache_source: string | null;
  readonly cache_entry: string | null;
  readonly similarity: number | null;
  readonly saved_ms: number | null;
  readonly stages: readonly StageRecord[] | null;
  readonly features: Record<string, unknown> | null;
  readonly scores: readonly RouteCandidate[] | null;
  readonly predicted: Record<string, number | null> | null;
  readonly price_version: string | null;
  readonly reasoning_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly cache_write_hour_tokens: number | null;
  readonly audio_input_tokens: number | null;
  readonly image_input_tokens: number | null;
  readonly audio_output_tokens: number | null;
  readonly image_output_tokens: number | null;
  readonly feedback: number | null; // mean score, -1..1
  readonly verdicts: readonly TraceFeedback[] | null;
  readonly plan: StoredPlan | null;
  readonly decisions: readonly Decision[] | null;
  readonly has_payload: boolean;
  readonly payload_request: string | null;
  readonly payload_response: string | null;
  readonly payload_sealed: Buffer | null;
}
