/** One store or part of the relay, as `GET /health/ready` tells of it. */
export interface Part {
  readonly name: string;
  readonly state: 'up' | 'degraded' | 'off' | 'down';
  readonly note: string | null; // why it is not simply up
}

export interface Health {
  readonly state: 'ready' | 'degraded' | 'refusing';
  readonly parts: readonly Part[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the answer of `GET /health/ready` (terminus). A store that is away counts as up there, because the relay goes on
 * serving without it, and carries `degraded: true`; a relay that starts or stops answers 503 with its state.
 */
export function readHealth(httpStatus: number, body: unknown): Health {
  const report = asFields(body);
  const entries = Object.entries({ ...asFields(report.details), ...asFields(report.error) });
  const parts = entries.flatMap(([name, value]) =>
    'status' in asFields(value) ? [readPart(name, asFields(value))] : [],
  );
  if (httpStatus !== 200) return { state: 'refusing', parts };
  return { state: parts.every(({ state }) => state === 'up' || state === 'off') ? 'ready' : 'degraded', parts };
}

function readPart(name: string, { status, degraded, configured, reason }: Fields): Part {
  if (configured === false) return { name, state: 'off', note: 'not configured' };
  if (status !== 'up') return { name, state: 'down', note: asText(reason) ?? asText(status) };
  if (degraded === true) return { name, state: 'degraded', note: asText(reason) };
  return { name, state: 'up', note: null };
}

const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const asText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
