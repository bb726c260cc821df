import { firstBoundary, frameData, type FrameSink, SseSplitter } from './sse-frames';

/** Longest frame that is put together from its pieces, in bytes: an image in base64 may have some megabytes. */
export const MAX_WHOLE_FRAME_BYTES = 33_554_432;

/** Gives the data of the frames of a stream, also of those that come in pieces because they are long. */
export class FramePayloads implements FrameSink {
  /** A frame was too long to be put together and is missing. */
  overflowed = false;
  private readonly splitter = new SseSplitter(this);
  private payloads: string[] = [];
  private pieces: Buffer[] = [];
  private bytes = 0;

  /** The data of every frame that is whole now, in order. */
  push(chunk: Buffer): readonly string[] {
    this.splitter.push(chunk);
    const { payloads } = this;
    if (payloads.length > 0) this.payloads = [];
    return payloads;
  }

  frames(bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) {
      const end = firstBoundary(bytes, from);
      const to = end === -1 ? bytes.length : end;
      const data = frameData(bytes.subarray(from, to));
      if (data !== null) this.payloads.push(data);
      from = to;
    }
  }

  piece(bytes: Buffer, last: boolean): void {
    this.bytes += bytes.length;
    if (this.bytes > MAX_WHOLE_FRAME_BYTES) this.overflowed = true;
    else this.pieces.push(bytes);
    if (this.overflowed) this.pieces = [];
    if (!last) return;
    this.frames(Buffer.concat(this.pieces));
    this.pieces = [];
    this.bytes = 0;
  }
}
