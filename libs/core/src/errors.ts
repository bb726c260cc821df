import { ERROR_CODES, type ErrorBody, type ErrorCode } from '@relay/contracts';

interface RelayErrorOptions {
  readonly param?: string;
  /** How long the client should wait before it tries again, in seconds. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The one error class of the relay. Its code is stable and decides status and type; its message is safe to show to a client. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: RelayErrorOptions = {},
  ) {
    const { stackTraceLimit } = Error;
    // A refusal is an answer like any other: to write down the stack took a seventh of what it costs. A fault has its own in its cause.
    Error.stackTraceLimit = 0;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  toBody(): ErrorBody {
    return { error: { message: this.message, type: ERROR_CODES[this.code].type, code: this.code, param: this.param } };
  }
}

/** Any thrown value as a RelayError; what is not one already becomes an `internal_error` that reveals nothing. */
export function toRelayError(thrown: unknown): RelayError {
  if (thrown instanceof RelayError) return thrown;
  return new RelayError(
    'internal_error',
    'The relay met an unexpected error. The request id identifies it in the logs.',
    {
      cause: thrown,
    },
  );
}
