import { Duplex } from 'node:stream';

/** The far end of a wire: where the bytes of one client connection go. */
export interface WireEnd {
  /** Resolves when the database answers. */
  readonly ready: Promise<void>;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  closed(): void;
}

const TERMINATE = 0x58; // 'X': the client says good-bye; the one session has to stay

/**
 * What `pg` takes for its socket. Each batch of messages that pg writes at once (parse, bind, describe, execute, sync) leaves
 * as one piece, so no other connection's bytes can come between.
 */
export class WireStream extends Duplex {
  constructor(private readonly end_: WireEnd) {
    super();
  }

  connect(): this {
    this.end_.ready.then(
      () => this.emit('connect'),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return this;
  }

  /** Bytes from the database. */
  receive(bytes: Uint8Array): void {
    this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  override _read(): void {
    // Answers come when they come; pg never leaves them unread.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.forward([chunk]);
    callback();
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this.forward(chunks.map(({ chunk }) => chunk));
    callback();
  }

  override _final(callback: () => void): void {
    this.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.end_.closed();
    callback(error);
  }

  private forward(chunks: readonly Buffer[]): void {
    const messages = chunks.filter((chunk) => chunk[0] !== TERMINATE);
    // A copy of its own: pg's buffers are views into a shared pool, and only a whole ArrayBuffer can be handed over.
    const bytes = new Uint8Array(messages.reduce((sum, message) => sum + message.length, 0));
    if (bytes.length === 0) return;
    let offset = 0;
    for (const message of messages) {
      bytes.set(message, offset);
      offset += message.length;
    }
    this.end_.send(bytes);
  }

  // The rest of net.Socket's face that pg touches.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
