import type { BatchEndpoint, BatchObject, BatchProblem, BatchStatus } from '@relay/contracts';
import { secondsOf } from '../files/file-rows';

/** How a batch that is not going on any more will have ended. */
export type BatchEnding = 'completed' | 'expired' | 'cancelled';

/** A row of `batches`; bigints come as text. */
export interface BatchRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly key_id: string;
  readonly endpoint: BatchEndpoint;
  readonly input_file_id: string;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly output_seconds: number | null;
  readonly metadata: Record<string, string> | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: BatchStatus;
  readonly ending: BatchEnding | null;
  readonly errors: BatchProblem[] | null;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly usage: readonly string[];
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly in_progress_at: Date | null;
  readonly finalizing_at: Date | null;
  readonly cancelling_at: Date | null;
  readonly ended_at: Date | null;
}

/** What whoever works on a batch needs to know of it. */
export interface BatchTask {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly endpoint: BatchEndpoint;
  readonly inputFileId: string;
  readonly status: BatchStatus;
  readonly ending: BatchEnding | null;
  readonly expiresAt: number; // ms since the epoch
  readonly cancellingAt: number | null; // ms since the epoch; null: nobody cancelled it
  readonly outputSeconds: number | null; // its output files expire so long after they were made
  readonly total: number;
  readonly headers: Readonly<Record<string, string>>; // of its order: how each line is to be served
}

export function toTask(row: BatchRow): BatchTask {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    keyId: row.key_id,
    endpoint: row.endpoint,
    inputFileId: row.input_file_id,
    status: row.status,
    ending: row.ending,
    expiresAt: row.expires_at.getTime(),
    cancellingAt: row.cancelling_at?.getTime() ?? null,
    outputSeconds: row.output_seconds,
    total: row.total,
    headers: row.headers,
  };
}

/** Output files are told of once they are whole. */
export function toBatchObject(row: BatchRow): BatchObject {
  const endedAs = (status: BatchStatus): number | null =>
    row.status === status && row.ended_at ? secondsOf(row.ended_at) : null;
  const at = (date: Date | null): number | null => date && secondsOf(date);
  return {
    id: row.id,
    object: 'batch',
    endpoint: row.endpoint,
    errors: row.errors && { object: 'list', data: row.errors },
    input_file_id: row.input_file_id,
    completion_window: '24h',
    status: row.status,
    output_file_id: row.ended_at && row.output_file_id,
    error_file_id: row.ended_at && row.error_file_id,
    created_at: secondsOf(row.created_at),
    in_progress_at: at(row.in_progress_at),
    expires_at: secondsOf(row.expires_at),
    finalizing_at: at(row.finalizing_at),
    completed_at: endedAs('completed'),
    failed_at: endedAs('failed'),
    expired_at: endedAs('expired'),
    cancelling_at: at(row.cancelling_at),
    cancelled_at: endedAs('cancelled'),
    request_counts: { total: row.total, completed: row.completed, failed: row.failed },
    usage: usageOf(row.usage),
    metadata: row.metadata,
  };
}

function usageOf(sums: readonly string[]): BatchObject['usage'] {
  const [input = 0, cached = 0, output = 0, reasoning = 0] = sums.map(Number);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
