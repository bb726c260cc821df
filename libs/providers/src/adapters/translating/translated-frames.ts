import type { ChatStreamTranslator } from '@relay/protocols';
import type { UpstreamObserver } from '../../ports/upstream-client.port';

/** A stream of chat on its way to somebody who reads another protocol; what comes leaves in the same tick. */
export class TranslatedFrames implements UpstreamObserver {
  constructor(
    private readonly translator: ChatStreamTranslator,
    private readonly observer: UpstreamObserver,
  ) {}

  onFirstByte(): void {
    this.observer.onFirstByte?.();
  }

  onFrames(frames: Buffer, resume: () => void): boolean {
    const translated = this.translator.push(frames);
    return translated.length === 0 || this.observer.onFrames(translated, resume);
  }

  /** The last frames of the stream in the other protocol. */
  end(tail: Buffer): Buffer {
    return this.translator.end(tail);
  }
}
