import { ERROR_CODES, type ErrorCode, type TraceStatus } from '@relay/contracts';

/** Refusals of ours are `rejected`, faults are `error`, and a client that left is `aborted`. */
export function traceStatusOf(code: ErrorCode): TraceStatus {
  if (code === 'client_closed') return 'aborted';
  if (code.startsWith('upstream_') || code === 'internal_error') return 'error';
  return ERROR_CODES[code].status < 500 || code === 'only_if_cached_miss' || code === 'unavailable'
    ? 'rejected'
    : 'error';
}
