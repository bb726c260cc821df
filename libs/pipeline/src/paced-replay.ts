import type { CancelSignal, Clock } from '@relay/core';
import type { Reply } from './exchange';

/** Shortest wait, in ms: what falls due meanwhile leaves together, since each wake-up costs. */
const MIN_WAIT_MS = 5;

export interface PacedReplay {
  readonly reply: Pick<Reply, 'write'>;
  readonly clock: Clock;
  readonly signal: CancelSignal;
  /** At least one; the last is left to the caller. */
  readonly frames: readonly Buffer[];
  /** When the first frame left back then, ms after the start of the request; null if nobody knows. */
  readonly ttftMs: number | null;
  /** When the last frame left back then, ms after the start of the request. */
  readonly tookMs: number;
  /** Of this request: ms since its start, and how long after it all has to have left. */
  readonly elapsedMs: number;
  readonly deadlineMs: number;
}

/**
 * Writes the frames of a stored stream as they came: the first after `ttftMs`, the others evenly until `tookMs`. The stream has been
 * started. `done` when it is time for the last frame, which is not written; `left` when the signal was aborted before, at once. An
 * answer that took longer than the deadline allows is told faster: it is all there. Never rejects.
 */
export function replayAtPace(replay: PacedReplay): Promise<'done' | 'left'> {
  if (replay.signal.aborted) return Promise.resolve('left');
  return new Promise((resolve) => new Player(replay, resolve).play());
}

class Player {
  private readonly startedAt: number;
  private readonly firstAtMs: number;
  private readonly lastAtMs: number;
  private written = 0;
  private cancelTimer: () => void = () => undefined;

  constructor(
    private readonly replay: PacedReplay,
    private readonly resolve: (end: 'done' | 'left') => void,
  ) {
    this.startedAt = replay.clock.monotonic() - replay.elapsedMs;
    this.lastAtMs = Math.min(replay.tookMs, replay.deadlineMs);
    this.firstAtMs = Math.min(replay.ttftMs ?? 0, this.lastAtMs);
    replay.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Writes what is due, then waits: for the time of the next frame, or for the client to catch up. */
  readonly play = (): void => {
    const { reply, frames, clock, signal } = this.replay;
    if (signal.aborted) return;
    const elapsedMs = clock.monotonic() - this.startedAt;
    const due = this.dueBy(elapsedMs);
    const isTime = due === frames.length;
    const batch = frames.slice(this.written, isTime ? -1 : due);
    this.written += batch.length;
    if (batch.length > 0 && !reply.write(Buffer.concat(batch), this.play)) return;
    if (isTime) this.end('done');
    else this.cancelTimer = clock.after(Math.max(MIN_WAIT_MS, Math.ceil(this.dueMs(due) - elapsedMs)), this.play);
  };

  private dueBy(elapsedMs: number): number {
    const { length } = this.replay.frames;
    let due = this.written;
    while (due < length && this.dueMs(due) <= elapsedMs) due++;
    return due;
  }

  private dueMs(frame: number): number {
    const steps = Math.max(1, this.replay.frames.length - 1);
    return this.firstAtMs + ((this.lastAtMs - this.firstAtMs) * frame) / steps;
  }

  private readonly onAbort = (): void => this.end('left');

  private end(how: 'done' | 'left'): void {
    this.cancelTimer();
    this.replay.signal.removeEventListener('abort', this.onAbort);
    this.resolve(how);
  }
}
