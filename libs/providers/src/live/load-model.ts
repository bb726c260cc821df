import type { UpstreamClient, UpstreamOutcome } from '../ports/upstream-client.port';

/** A local server may have to read a model of tens of gigabytes first. In ms. */
const LOAD_MS = 600_000;

const BODY = Buffer.from(JSON.stringify({ model: '', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 }));

/** Asks a model for one token, which makes a local server load it. Gives what went wrong; does not reject. */
export async function loadModel(client: UpstreamClient, model: string, signal: AbortSignal): Promise<string | null> {
  const outcome = await askOneToken(client, model, { requestId: 'preheat', timeoutMs: LOAD_MS, signal });
  return outcome.kind === 'completed' ? null : `${model}: ${outcome.error.message}`;
}

interface OneTokenTerms {
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The smallest chat that there is. */
export function askOneToken(client: UpstreamClient, model: string, terms: OneTokenTerms): Promise<UpstreamOutcome> {
  const request = {
    operation: 'chat' as const,
    contentType: 'application/json',
    model,
    body: BODY,
    patch: {},
    stream: false,
    clientWantsUsage: false,
  };
  return client.call({ ...request, ...terms }, { onFrames: () => true });
}
