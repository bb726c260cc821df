import type { KeptReply } from '@relay/cache';
import type { Reply } from '../reply';

const CONTENT_TYPE = 'content-type';
/** A longer reply is passed on without a copy. */
const MAX_KEPT_BYTES = 1_048_576;

/** Passes a reply on and keeps a copy of it, up to a bound. */
export class TeeReply implements Reply {
  private status = 0;
  private contentType = '';
  private parts: Buffer[] = [];
  private bytes = 0;
  private isWhole = false;
  private isOver = false;
  private onOver: () => void = () => undefined;

  constructor(
    /** The client's. */
    readonly inner: Reply,
  ) {}

  get started(): boolean {
    return this.inner.started;
  }

  /** As soon as it has ended, which may be later than the pipeline gave its last byte away; null if it broke off, or is too large to keep. */
  async kept(by: Pick<KeptReply, 'traceId' | 'model' | 'provider'>): Promise<KeptReply | null> {
    if (!this.isOver) await new Promise<void>((resolve) => (this.onOver = resolve));
    if (!this.isWhole || this.bytes > MAX_KEPT_BYTES) return null;
    return { ...by, status: this.status, contentType: this.contentType, body: Buffer.concat(this.parts) };
  }

  send(status: number, headers: string[], body: Buffer): void {
    this.begin(status, headers);
    this.keep(body);
    this.isWhole = true;
    this.over();
    this.inner.send(status, headers, body);
  }

  startStream(headers: string[]): void {
    this.begin(200, headers);
    this.inner.startStream(headers);
  }

  write(frames: Buffer, resume: () => void): boolean {
    this.keep(frames);
    return this.inner.write(frames, resume);
  }

  abandon(): void {
    this.over();
    this.inner.abandon();
  }

  end(tail: Buffer): void {
    this.keep(tail);
    this.isWhole = true;
    this.over();
    this.inner.end(tail);
  }

  private over(): void {
    this.isOver = true;
    this.onOver();
  }

  private begin(status: number, headers: readonly string[]): void {
    this.status = status;
    const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === CONTENT_TYPE);
    this.contentType = (at === -1 ? undefined : headers[at + 1]) ?? 'application/json';
  }

  private keep(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.bytes > MAX_KEPT_BYTES) this.parts = [];
    else this.parts.push(bytes);
  }
}
