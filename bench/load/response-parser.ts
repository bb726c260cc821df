/** Longest head of a response that is accepted. */
const MAX_HEAD_BYTES = 65_536;

/** Told what a response consists of, in order. Buffers are only valid during the call. */
export interface ResponseSink {
  onHead(status: number, head: string): void;
  onBody(bytes: Buffer, start: number, end: number): void;
  onEnd(): void;
}

type State =
  | 'head'
  | 'fixed' // by a content-length
  | 'chunk-size'
  | 'chunk-extension'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer'
  | 'until-close'; // by neither

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

/**
 * A small HTTP/1.1 response parser: enough for the servers under test, at a fraction of what a general client costs, so that the
 * generator can outrun them from one core. Answers to HEAD, 1xx and 204 do not occur here.
 */
export class ResponseParser {
  private state: State = 'head';
  private heldHead: Buffer | null = null;
  private left = 0; // bytes of the body or chunk that are still to come
  private trailerLine = 0;

  constructor(private readonly sink: ResponseSink) {}

  /** Throws on bytes that are not HTTP. */
  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) at = this.step(bytes, at);
  }

  /** The connection has ended: whether that completes the response. */
  close(): boolean {
    if (this.state !== 'until-close') return false;
    this.end();
    return true;
  }

  private step(bytes: Buffer, at: number): number {
    switch (this.state) {
      case 'head':
        return this.head(bytes, at);
      case 'fixed':
        return this.body(bytes, at);
      case 'chunk-size':
        return this.chunkSize(bytes[at] ?? 0, at);
      case 'chunk-extension':
        if (bytes[at] === LF) this.startChunk();
        return at + 1;
      case 'chunk-data':
        return this.body(bytes, at);
      case 'chunk-end':
        if (bytes[at] === LF) this.state = 'chunk-size';
        return at + 1;
      case 'trailer':
        return this.trailer(bytes[at] ?? 0, at);
      case 'until-close':
        this.sink.onBody(bytes, at, bytes.length);
        return bytes.length;
      default:
        return this.state satisfies never;
    }
  }

  private head(bytes: Buffer, at: number): number {
    const held = this.heldHead;
    const all = held ? Buffer.concat([held, bytes.subarray(at)]) : bytes;
    const start = held ? 0 : at;
    const end = all.indexOf('\r\n\r\n', start, 'latin1');
    if (end < 0) {
      if (all.length - start > MAX_HEAD_BYTES) throw new Error('response head too long');
      this.heldHead = Buffer.from(all.subarray(start));
      return bytes.length;
    }
    this.heldHead = null;
    this.startBody(all.toString('latin1', start, end));
    const used = end + 4 - start;
    return at + used - (held ? held.length : 0);
  }

  private startBody(head: string): void {
    const status = Number(head.slice(9, 12));
    if (!head.startsWith('HTTP/1.') || !Number.isInteger(status)) throw new Error('not an HTTP response');
    this.sink.onHead(status, head);
    const length = headerValue(head, 'content-length');
    if (length !== null) {
      this.left = Number(length);
      this.state = 'fixed';
      if (this.left === 0) this.end();
    } else if (headerValue(head, 'transfer-encoding') !== null) {
      this.left = 0;
      this.state = 'chunk-size';
    } else {
      this.state = 'until-close';
    }
  }

  private body(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.left);
    this.sink.onBody(bytes, at, end);
    this.left -= end - at;
    if (this.left === 0) {
      if (this.state === 'fixed') this.end();
      else this.state = 'chunk-end';
    }
    return end;
  }

  private chunkSize(byte: number, at: number): number {
    if (byte === LF) this.startChunk();
    else if (byte === SEMICOLON) this.state = 'chunk-extension';
    else if (byte !== CR) this.left = this.left * 16 + hexDigit(byte);
    return at + 1;
  }

  private startChunk(): void {
    this.trailerLine = 0;
    this.state = this.left === 0 ? 'trailer' : 'chunk-data';
  }

  private trailer(byte: number, at: number): number {
    if (byte === LF) {
      if (this.trailerLine === 0) this.end();
      this.trailerLine = 0;
    } else if (byte !== CR) {
      this.trailerLine++;
    }
    return at + 1;
  }

  private end(): void {
    this.state = 'head';
    this.sink.onEnd();
  }
}

/** The few headers that are looked for; compiled once, this runs for each reply. */
const HEADER_PATTERNS = {
  'content-length': /\r\ncontent-length:[ \t]*([^\r\n]*)/i,
  'transfer-encoding': /\r\ntransfer-encoding:[ \t]*([^\r\n]*)/i,
  'x-relay-cache': /\r\nx-relay-cache:[ \t]*([^\r\n]*)/i,
  'x-relay-queue-ms': /\r\nx-relay-queue-ms:[ \t]*([^\r\n]*)/i,
  'retry-after': /\r\nretry-after:[ \t]*([^\r\n]*)/i,
} as const;

/** A header's value from a raw head, or null. */
export function headerValue(head: string, name: keyof typeof HEADER_PATTERNS): string | null {
  return HEADER_PATTERNS[name].exec(head)?.[1] ?? null;
}

function hexDigit(byte: number): number {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  if (Number.isNaN(digit)) throw new Error('bad chunk size');
  return digit;
}
