import type { Alert } from '@relay/contracts';

/** What is told to a channel; as JSON it is the body of a webhook. */
export interface NoticeContent {
  readonly event: 'firing' | 'repeat' | 'resolved' | 'test';
  readonly alert: Pick<
    Alert,
    | 'id'
    | 'rule'
    | 'kind'
    | 'subject'
    | 'scope'
    | 'severity'
    | 'state'
    | 'value'
    | 'peak'
    | 'threshold'
    | 'unit'
    | 'message'
    | 'since'
    | 'firedAt'
    | 'resolvedAt'
  >;
}

/** Tries of one notice; the last comes about three hours after the first. */
export const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 10_000;
const MAX_RETRY_MS = 3_600_000;

/** Until the next try, after `attempts` that failed; null: no more. */
export function retryMs(attempts: number): number | null {
  return attempts >= MAX_ATTEMPTS ? null : Math.min(FIRST_RETRY_MS * 4 ** (attempts - 1), MAX_RETRY_MS);
}
