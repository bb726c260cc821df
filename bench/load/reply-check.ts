import { headerValue, type ResponseSink } from './response-parser';

const DONE = 'data: [DONE]\n\n';
const LF = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** Bytes of the body's end that are kept to tell whether it is complete. */
const TAIL_BYTES = 16;

/** Judges one reply at a time while its bytes pass: status, first byte, whole JSON object or a stream closed by [DONE]. */
export class ReplyCheck implements ResponseSink {
  error: string | null = null;
  firstByteAt = 0;
  events = 0;
  cacheResult: string | null = null;
  status = 0;
  queueMs: number | null = null;
  retryAfterS: number | null = null;
  private firstByte = 0;
  private readonly tail = Buffer.alloc(TAIL_BYTES);

  constructor(
    private readonly stream: boolean,
    private readonly now: () => number,
    private readonly done: () => void,
  ) {}

  reset(): void {
    this.error = null;
    this.firstByteAt = 0;
    this.events = 0;
    this.cacheResult = null;
    this.status = 0;
    this.queueMs = null;
    this.retryAfterS = null;
    this.firstByte = 0;
    this.tail.fill(0);
  }

  onHead(status: number, head: string): void {
    if (status !== 200) this.error = `status ${status}`;
    this.cacheResult = headerValue(head, 'x-relay-cache');
    this.status = status;
    this.queueMs = numberOf(headerValue(head, 'x-relay-queue-ms'));
    if (status !== 200) this.retryAfterS = numberOf(headerValue(head, 'retry-after'));
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.firstByteAt === 0) {
      this.firstByteAt = this.now();
      this.firstByte = bytes[start] ?? 0;
    }
    if (this.stream) this.countEvents(bytes, start, end);
    this.keepTail(bytes, start, end);
  }

  onEnd(): void {
    if (this.error === null && !this.complete()) this.error = 'incomplete body';
    this.done();
  }

  private complete(): boolean {
    if (this.stream) return this.tail.toString('latin1').endsWith(DONE);
    return this.firstByte === OPEN_BRACE && this.tail[TAIL_BYTES - 1] === CLOSE_BRACE;
  }

  private countEvents(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] === LF && this.tail[TAIL_BYTES - 1] === LF) this.events++; // the blank line was split
    for (
      let at = bytes.indexOf('\n\n', start, 'latin1');
      at >= 0 && at + 1 < end;
      at = bytes.indexOf('\n\n', at + 2, 'latin1')
    )
      this.events++;
  }

  private keepTail(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length >= TAIL_BYTES) {
      bytes.copy(this.tail, 0, end - TAIL_BYTES, end);
      return;
    }
    this.tail.copyWithin(0, length);
    bytes.copy(this.tail, TAIL_BYTES - length, start, end);
  }
}

const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));
