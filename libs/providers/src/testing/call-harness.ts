import { providerSchema, type ProviderConfig } from '@relay/config';
import type {
  UpstreamClient,
  UpstreamCompleted,
  UpstreamFailed,
  UpstreamOutcome,
  UpstreamRequest,
} from '../ports/upstream-client.port';

export const BODY = '{"model":"auto","messages":[{"role":"user","content":"Hi"}]}';
export const STREAM_BODY = '{"model":"auto","messages":[{"role":"user","content":"Hi"}],"stream":true}';

export const providerConfig = (input: Record<string, unknown>): ProviderConfig =>
  providerSchema.parse({ id: 'p', kind: 'openai', ...input });

/** One call and everything its observer saw. */
export interface ObservedCall {
  readonly outcome: Promise<UpstreamOutcome>;
  readonly abort: AbortController;
  readonly frames: Buffer[];
  /** Resolves with everything handed out so far when the text is in it. */
  received(text: string): Promise<string>;
  /** From now on the observer asks for a pause after each delivery, or no more. */
  hold(): void;
  resume(): void;
  readonly firstBytes: number;
}

export function call(
  client: UpstreamClient,
  overrides: Partial<UpstreamRequest> = {},
  onBegun: () => void = () => undefined,
): ObservedCall {
  const abort = new AbortController();
  const frames: Buffer[] = [];
  const waiters = new Set<() => void>();
  let holding = false;
  let firstBytes = 0;
  let resumeReading: () => void = () => undefined;
  const text = (): string => Buffer.concat(frames).toString();
  const stream = overrides.stream ?? false;
  const request: UpstreamRequest = {
    operation: 'chat',
    contentType: 'application/json',
    model: 'mock-model',
    body: Buffer.from(stream ? STREAM_BODY : BODY),
    patch: {},
    stream,
    clientWantsUsage: false,
    requestId: 'req-1',
    timeoutMs: 20_000,
    signal: abort.signal,
    ...overrides,
  };
  const outcome = client.call(request, {
    onFirstByte: () => void firstBytes++,
    onFrames(bytes, resume) {
      onBegun();
      frames.push(bytes);
      resumeReading = resume;
      for (const waiter of waiters) waiter();
      return !holding;
    },
  });
  return {
    outcome,
    abort,
    frames,
    received: (wanted) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!text().includes(wanted)) return;
          waiters.delete(check);
          resolve(text());
        };
        waiters.add(check);
        check();
      }),
    hold: () => void (holding = true),
    resume: () => {
      holding = false;
      resumeReading();
    },
    get firstBytes() {
      return firstBytes;
    },
  };
}

export async function completed(observed: ObservedCall): Promise<UpstreamCompleted> {
  const outcome = await observed.outcome;
  if (outcome.kind !== 'completed') throw new Error(`expected an answer, got: ${outcome.error.message}`);
  return outcome;
}

export async function failed(observed: ObservedCall): Promise<UpstreamFailed> {
  const outcome = await observed.outcome;
  if (outcome.kind !== 'failed') throw new Error('expected a failure, got an answer');
  return outcome;
}
