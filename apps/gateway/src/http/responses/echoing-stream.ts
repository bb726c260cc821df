import { firstBoundary, frameData, type FrameSink, SseSplitter, type JsonObject } from '@relay/protocols';
import { echoInEvent, mayHoldResponse, type Echo } from '@relay/responses';

/** A longer frame passes as it comes, without the echo, and is not stored. */
const MAX_FRAME_BYTES = 67_108_864;
const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * Puts the echo into the response objects of a stream. All other frames pass in the tick they came; the last one, which holds the whole
 * response, stays back until `end`.
 */
export class EchoingStream implements FrameSink {
  /** The response as it ended, once that was told. */
  ended: JsonObject | null = null;

  private readonly splitter = new SseSplitter(this);
  private out: Buffer[] = [];
  private held: Buffer[] = []; // the end of the response, and what comes after it
  private long: Buffer[] = [];
  private longBytes = 0;

  constructor(private readonly echo: Echo) {}

  /** What can leave now. */
  push(bytes: Buffer): Buffer {
    this.splitter.push(bytes);
    const { out } = this;
    if (out.length === 0) return NO_BYTES;
    this.out = [];
    return out.length === 1 ? (out[0] ?? NO_BYTES) : Buffer.concat(out);
  }

  /** All that is left. */
  end(): Buffer {
    const rest = this.splitter.end();
    if (this.longBytes > 0) this.piece(rest ?? NO_BYTES, true);
    else if (rest !== null) this.frame(rest);
    return Buffer.concat([...this.out.splice(0), ...this.held.splice(0)]);
  }

  frames(bytes: Buffer): void {
    if (!mayHoldResponse(bytes)) return this.pass(bytes);
    for (let from = 0; from < bytes.length;) {
      const end = firstBoundary(bytes, from);
      const to = end === -1 ? bytes.length : end;
      this.frame(bytes.subarray(from, to));
      from = to;
    }
  }

  piece(bytes: Buffer, last: boolean): void {
    this.long.push(bytes);
    this.longBytes += bytes.length;
    if (!last && this.longBytes <= MAX_FRAME_BYTES) return;
    const gathered = Buffer.concat(this.long);
    this.long = [];
    this.longBytes = 0;
    if (last) this.frame(gathered);
    else this.pass(gathered);
  }

  private frame(bytes: Buffer): void {
    const data = mayHoldResponse(bytes) ? frameData(bytes) : null;
    const event = data === null ? null : echoInEvent(data, this.echo);
    if (event?.ended) this.ended = event.ended;
    this.pass(event?.frame ?? bytes);
  }

  private pass(frame: Buffer): void {
    if (this.ended === null) this.out.push(frame);
    else this.held.push(frame);
  }
}
