import { ApiError } from './api-error';
import { BackOff } from './back-off';
import type { StreamEvent } from './event-parser';
import { followEvents } from './event-stream';
import { onReachability } from './reachability';

/** Between tries; each one takes a place of the few that a user has. */
const PAUSES = { firstMs: 1_000, longestMs: 30_000 } as const;

/** Refusals that pass: too slow, too early, too many. */
const PASSING: readonly number[] = [408, 425, 429];

/** `waiting`: it broke, and is tried again; `refused`: it is not. */
export type StreamState = 'open' | 'waiting' | 'refused';

interface Follower {
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState: (state: StreamState) => void;
}

/** Follows an event stream until the signal ends it, over breaks and outages: each time it goes on after the last event that came. */
export async function followForever(path: string, signal: AbortSignal, follower: Follower): Promise<void> {
  const backOff = new BackOff(PAUSES);
  let lastEventId: string | null = null;
  while (!signal.aborted) {
    try {
      await followEvents(path, {
        lastEventId,
        signal,
        onOpen: () => follower.onState('open'),
        onEvent: (event) => {
          backOff.reset();
          lastEventId = event.id ?? lastEventId;
          follower.onEvent(event);
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) return follower.onState('refused');
    }
    if (!signal.aborted) follower.onState('waiting');
    await pause(backOff, signal);
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500 && !PASSING.includes(error.status);

/** Ends early when the relay answers again. */
async function pause(backOff: BackOff, signal: AbortSignal): Promise<void> {
  const back = new AbortController();
  const stop = onReachability((reachable) => (reachable ? back.abort() : undefined));
  await backOff.pause(signal, back.signal);
  stop();
}
