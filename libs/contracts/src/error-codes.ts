/** The `type` field of an OpenAI-shaped error. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'rate_limit_error'
  | 'insufficient_quota'
  | 'api_error';

interface ErrorShape {
  readonly status: number;
  readonly type: ErrorType;
}

/** Every error a client can meet. The code is stable and names the limiter; status and type follow from it. */
export const ERROR_CODES = {
  invalid_request: { status: 400, type: 'invalid_request_error' },
  previous_response_not_found: { status: 400, type: 'invalid_request_error' }, // what previous_response_id names
  content_blocked: { status: 400, type: 'invalid_request_error' }, // a guard of the policy refused the prompt
  invalid_api_key: { status: 401, type: 'authentication_error' },
  invalid_credentials: { status: 401, type: 'authentication_error' },
  budget_exceeded: { status: 402, type: 'insufficient_quota' },
  tenant_forbidden: { status: 403, type: 'permission_error' },
  forbidden: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  conflict: { status: 409, type: 'invalid_request_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  exceeds_limit: { status: 413, type: 'invalid_request_error' }, // it alone is more than a limit per minute lets pass, ever
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  rate_limited: { status: 429, type: 'rate_limit_error' },
  overloaded: { status: 429, type: 'rate_limit_error' },
  upstream_rate_limited: { status: 429, type: 'rate_limit_error' },
  client_closed: { status: 499, type: 'api_error' },
  internal_error: { status: 500, type: 'api_error' },
  upstream_error: { status: 502, type: 'api_error' },
  unavailable: { status: 503, type: 'api_error' },
  loop_detected: { status: 508, type: 'invalid_request_error' }, // it came through too many relays: a provider leads back here
  only_if_cached_miss: { status: 504, type: 'api_error' },
  upstream_timeout: { status: 504, type: 'api_error' },
} as const satisfies Record<string, ErrorShape>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The body of every error reply, as OpenAI's clients expect it. */
export interface ErrorBody {
  error: { message: string; type: ErrorType; code: ErrorCode; param: string | null };
}
