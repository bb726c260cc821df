/** As OpenAI has it; the last four are final. */
export const RESPONSE_STATUSES = ['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled'] as const;

export type ResponseStatus = (typeof RESPONSE_STATUSES)[number];
export type FinalStatus = Exclude<ResponseStatus, 'queued' | 'in_progress'>;

export function isFinal(status: ResponseStatus): status is FinalStatus {
  return status !== 'queued' && status !== 'in_progress';
}

/** What a whole answer says of itself; an answer that says nothing is complete. */
export function statusOfAnswer(status: unknown): FinalStatus {
  return status === 'incomplete' || status === 'failed' || status === 'cancelled' ? status : 'completed';
}
