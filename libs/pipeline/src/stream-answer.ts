import type { StreamAssembler } from '@relay/cache';
import type { UpstreamObserver } from '@relay/providers';
import type { Exchange } from './exchange';
import { relayHeaders, streamHeaders } from './reply-headers';
import type { RequestTrace } from './request-trace';

const FRAME_START = Buffer.from('data:');

/** The answer of a streaming request on its way to the client: frames leave in the tick they came. */
export class StreamAnswer implements UpstreamObserver {
  private frameCount = 0;

  constructor(
    private readonly exchange: Exchange,
    private readonly trace: RequestTrace,
    /** Keeps a copy for the cache; null when the answer will not be stored. */
    private readonly assembler: StreamAssembler | null,
  ) {}

  /** Frames handed to the client so far: about one token each, which is what an estimate needs. */
  get frames(): number {
    return this.frameCount;
  }

  onFrames(frames: Buffer, resume: () => void): boolean {
    this.start();
    for (let at = frames.indexOf(FRAME_START); at !== -1; at = frames.indexOf(FRAME_START, at + 1)) this.frameCount++;
    this.assembler?.push(frames);
    return this.exchange.reply.write(frames, resume);
  }

  start(): void {
    if (this.exchange.reply.started) return;
    this.exchange.reply.startStream(streamHeaders(relayHeaders(this.exchange, this.trace)));
  }
}
