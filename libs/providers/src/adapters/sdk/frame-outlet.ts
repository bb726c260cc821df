import type { UpstreamObserver } from '../../ports/upstream-client.port';

/**
 * Hands frames to the observer. The packages cut what came into parts that arrive in one microtask after the other: all of a tick leave
 * together at its end, as `nextTick` runs when no microtask is left.
 */
export class FrameOutlet {
  started = false;
  private pending = '';
  private isScheduled = false;
  private isClosed = false;
  private isHeld = false;
  private wake: (() => void) | null = null;

  constructor(private readonly observer: UpstreamObserver) {}

  push(frames: string): void {
    this.pending += frames;
    if (this.isScheduled) return;
    this.isScheduled = true;
    process.nextTick(this.flush);
  }

  /** Resolves when the observer takes more, or nothing more is going to come; null if it does already. */
  get hold(): Promise<void> | null {
    return this.isHeld && !this.isClosed ? new Promise((resolve) => (this.wake = resolve)) : null;
  }

  readonly flush = (): void => {
    this.isScheduled = false;
    if (this.pending === '' || this.isClosed) return;
    const frames = Buffer.from(this.pending);
    this.pending = '';
    this.started = true;
    this.isHeld = true; // until the observer has said otherwise; it may resume before it returns
    if (this.observer.onFrames(frames, this.resume)) this.resume();
  };

  /** From now on nothing is handed out. */
  close(): void {
    this.isClosed = true;
    this.resume();
  }

  private readonly resume = (): void => {
    this.isHeld = false;
    const { wake } = this;
    this.wake = null;
    wake?.();
  };
}
