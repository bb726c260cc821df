import { ApiError } from '../api/api-error';

interface Outcome {
  readonly data: unknown;
  readonly error: Error | null; // of the last try
}

/**
 * What is shown of a query: what is there already stays in sight while it is fetched anew, and also when that fails (`stale`), but
 * not when it may be seen no longer. Silence of the relay is told once, above the page.
 */
export function queryShows({ data, error }: Outcome): 'nothing yet' | 'error' | 'data' | 'stale' {
  if (error === null) return data === undefined ? 'nothing yet' : 'data';
  const known = error instanceof ApiError ? error : null;
  if (data === undefined || known?.forbidden) return 'error';
  return known?.unreachable ? 'data' : 'stale';
}
