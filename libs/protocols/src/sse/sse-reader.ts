import { RelayError } from '@relay/core';
import { firstBoundary, frameData, type FrameSink, SseSplitter } from './sse-frames';

/** One event of a stream that has to be understood as a whole may have this many bytes: an image in base64 has some megabytes. */
export const MAX_EVENT_BYTES = 32 * 1_048_576;

/** Reads an event stream however it is cut: bytes in, the data of each event that is complete out. */
export class SseReader implements FrameSink {
  private readonly splitter = new SseSplitter(this);
  private data: string[] = [];
  private pieces: Buffer[] = [];
  private pieceBytes = 0;

  /** Errors: `upstream_error` for an event of more than `MAX_EVENT_BYTES`. */
  push(bytes: Buffer): string[] {
    this.splitter.push(bytes);
    return this.take();
  }

  /** The body has ended; a last event may lack its blank line. */
  end(): string[] {
    const rest = this.splitter.end();
    if (rest) this.read(rest);
    return this.take();
  }

  frames(bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) {
      const end = firstBoundary(bytes, from);
      const to = end === -1 ? bytes.length : end;
      this.read(bytes.subarray(from, to));
      from = to;
    }
  }

  piece(bytes: Buffer, last: boolean): void {
    this.pieces.push(bytes);
    this.pieceBytes += bytes.length;
    if (this.pieceBytes > MAX_EVENT_BYTES)
      throw new RelayError('upstream_error', `The provider sent an event of more than ${MAX_EVENT_BYTES} bytes.`);
    if (!last) return;
    this.read(Buffer.concat(this.pieces, this.pieceBytes));
    this.pieces = [];
    this.pieceBytes = 0;
  }

  private read(frame: Buffer): void {
    const data = frameData(frame);
    if (data !== null) this.data.push(data);
  }

  private take(): string[] {
    if (this.data.length === 0) return [];
    const { data } = this;
    this.data = [];
    return data;
  }
}
