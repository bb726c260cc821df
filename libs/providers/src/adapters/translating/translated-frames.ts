import { Cancellation, type CancelSignal, type RelayError, toRelayError } from '@relay/core';
import type { ChatStreamTranslator } from '@relay/protocols';
import type { UpstreamObserver } from '../../ports/upstream-client.port';

const NO_BYTES = Buffer.alloc(0);

/**
 * A stream of chat on its way to somebody who reads another protocol; what comes leaves in the same tick. One that cannot be told on, an
 * event too long to be understood, ends the call.
 */
export class TranslatedFrames implements UpstreamObserver {
  private readonly ending = new Cancellation();
  private broken: RelayError | null = null;
  private readonly onAbort = (): void => this.ending.abort(this.outer.reason);

  /** `outer`: the signal of the call. */
  constructor(
    private readonly translator: ChatStreamTranslator,
    private readonly observer: UpstreamObserver,
    private readonly outer: CancelSignal,
  ) {
    if (outer.aborted) this.onAbort();
    else outer.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Ends the call as the signal of the caller does, and where the stream cannot be told on. */
  get signal(): CancelSignal {
    return this.ending;
  }

  onFirstByte(): void {
    this.observer.onFirstByte?.();
  }

  onFrames(frames: Buffer, resume: () => void): boolean {
    const told = this.tell(() => this.translator.push(frames));
    return told.length === 0 || this.observer.onFrames(told, resume);
  }

  /** The last frames of the stream in the other protocol, or why there are none. */
  end(tail: Buffer): Buffer | RelayError {
    const told = this.tell(() => this.translator.end(tail));
    return this.broken ?? told;
  }

  /** No listener is left behind. */
  close(): void {
    this.outer.removeEventListener('abort', this.onAbort);
  }

  private tell(translate: () => Buffer): Buffer {
    if (this.broken) return NO_BYTES;
    try {
      return translate();
    } catch (thrown) {
      this.broken = toRelayError(thrown);
      this.ending.abort(this.broken);
      return NO_BYTES;
    }
  }
}
