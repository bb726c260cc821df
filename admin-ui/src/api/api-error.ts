/** A refusal of the API, or nobody there (status 0). `code` is stable; the message is for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly param: string | null = null,
    readonly requestId: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
  get forbidden(): boolean {
    return this.status === 403;
  }
}

export const unreachable = (): ApiError =>
  new ApiError(0, 'unreachable', 'Nobody answers at this address. The relay may be restarting.');

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly code?: string; readonly param?: string | null };
}

/** Reads the one shape that errors of the API have; a proxy's own page leaves the status only. */
export function apiErrorOf(response: Response, body: unknown): ApiError {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody;
  return new ApiError(
    response.status,
    error?.code ?? 'unknown',
    error?.message ?? `The relay answered with status ${response.status}.`,
    error?.param ?? null,
    response.headers.get('x-request-id'),
  );
}
