import { readHealth, type Health } from './health';

/** Longer than the relay takes to notice that a store is away, in ms. */
const TIMEOUT_MS = 8_000;

export interface Check {
  readonly health: Health;
  readonly at: Date;
  readonly roundTripMs: number;
}

/** One look at `GET /health/ready`. Rejects when nobody answers in time; a refusal is an answer. */
export async function fetchHealth(signal: AbortSignal): Promise<Check> {
  const started = performance.now();
  const reply = await fetch('/health/ready', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    cache: 'no-store',
    headers: { accept: 'application/json' },
  });
  const text = await reply.text();
  const roundTripMs = performance.now() - started;
  return { health: readHealth(reply.status, parse(text)), at: new Date(), roundTripMs };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's own page: the status alone tells
  }
}
