import type { UpstreamClient } from '@relay/providers';

/** Streams under way at a time: so few that the process is idle between chunks, and reads each by itself. */
const AT_ONCE = 8;
const BODY = Buffer.from('{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}');
const TIMEOUT_MS = 60_000;

/** What streams through one client took. */
export interface Cost {
  /** Processor time of this process a response, in µs. */
  readonly cpuUs: number;
  /** How often frames were handed out for a response. */
  readonly deliveries: number;
}

/** Asks for so many streams, some at a time. Throws if one does not end well. */
export async function drive(client: UpstreamClient, responses: number): Promise<Cost> {
  let left = responses;
  let deliveries = 0;
  const one = async (): Promise<void> => {
    while (left-- > 0) {
      const handedOut = await ask(client);
      deliveries += handedOut;
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / responses, deliveries: deliveries / responses };
}

async function ask(client: UpstreamClient): Promise<number> {
  let deliveries = 0;
  const outcome = await client.call(
    {
      ...{
        operation: 'chat',
        model: 'claude-sonnet-4-5',
        body: BODY,
        contentType: 'application/json',
        patch: {},
        stream: true,
      },
      ...{ clientWantsUsage: false, requestId: 'bench', timeoutMs: TIMEOUT_MS, signal: new AbortController().signal },
    },
    { onFrames: () => ++deliveries > 0 },
  );
  if (outcome.kind === 'failed') throw outcome.error;
  return deliveries;
}
