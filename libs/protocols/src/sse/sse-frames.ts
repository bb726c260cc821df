const CR = 0x0d;
const LF = 0x0a;
const LF_LF = Buffer.from('\n\n');
const CR_CR = Buffer.from('\r\r');
const LF_CR = Buffer.from('\n\r'); // and LF, if that follows: also the end of CR LF CR LF
const LONGEST_BOUNDARY_BYTES = 3;

/** Bytes of one unfinished frame that are held back, at most; a longer frame is handed on in pieces. */
export const MAX_HELD_BYTES = 65_536;

/** Receives what the splitter finds, in the order of the stream. */
export interface FrameSink {
  /** One or more whole frames, blank lines included. */
  frames(bytes: Buffer): void;
  /** A part of a frame too long to hold; `last` marks its end. */
  piece(bytes: Buffer, last: boolean): void;
}

/**
 * Cuts a server-sent event stream behind blank lines, so that a frame is never torn however the network cut it. LF, CR LF and
 * CR may be mixed (WHATWG HTML, 9.2.6). Bytes are handed on as received and, where nothing was held, without a copy.
 */
export class SseSplitter {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private edge: Buffer = Buffer.alloc(0); // last bytes before the next chunk: a boundary may lie across
  private inPieces = false;

  constructor(private readonly sink: FrameSink) {}

  /** Nothing is held, and what comes next begins a frame. */
  get isBetweenFrames(): boolean {
    return this.heldBytes === 0 && !this.inPieces;
  }

  push(chunk: Buffer): void {
    const rest = this.inPieces ? this.pushPiece(chunk) : chunk;
    if (rest.length === 0) return;
    const end = this.heldBytes === 0 ? lastBoundary(rest) : this.acrossEdge(rest, lastBoundary);
    if (end === -1) return this.hold(rest);
    const whole = end === rest.length ? rest : rest.subarray(0, end);
    this.sink.frames(this.heldBytes === 0 ? whole : Buffer.concat([...this.held, whole]));
    this.drop();
    if (end < rest.length) this.hold(rest.subarray(end));
  }

  /** What is left when the body ends: an unfinished frame, or nothing. */
  end(): Buffer | null {
    const rest = this.heldBytes === 0 ? null : Buffer.concat(this.held);
    this.drop();
    return rest;
  }

  private hold(bytes: Buffer): void {
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    this.rememberEdge(bytes);
    if (this.heldBytes <= MAX_HELD_BYTES) return;
    this.sink.piece(Buffer.concat(this.held), false);
    this.held = [];
    this.heldBytes = 0;
    this.inPieces = true;
  }

  /** Passes bytes on up to the end of the long frame and gives back what follows it. */
  private pushPiece(chunk: Buffer): Buffer {
    const end = this.acrossEdge(chunk, firstBoundary);
    this.sink.piece(end === -1 ? chunk : chunk.subarray(0, end), end !== -1);
    if (end === -1) this.rememberEdge(chunk);
    else this.drop();
    return end === -1 ? chunk.subarray(chunk.length) : chunk.subarray(end);
  }

  /** A boundary's end as an offset into `chunk`, also when it begins in the bytes before; -1 if there is none. */
  private acrossEdge(chunk: Buffer, find: (bytes: Buffer) => number): number {
    const end = find(Buffer.concat([this.edge, chunk]));
    return end === -1 ? -1 : end - this.edge.length;
  }

  private rememberEdge(bytes: Buffer): void {
    const recent = bytes.length >= LONGEST_BOUNDARY_BYTES ? bytes : Buffer.concat([this.edge, bytes]);
    this.edge = recent.subarray(Math.max(0, recent.length - LONGEST_BOUNDARY_BYTES + 1));
  }

  private drop(): void {
    if (this.heldBytes > 0) this.held = [];
    this.heldBytes = 0;
    this.inPieces = false;
    if (this.edge.length > 0) this.edge = this.edge.subarray(this.edge.length);
  }
}

/** Where the last whole frame ends; -1 if none does. */
export function lastBoundary(bytes: Buffer): number {
  if (endsAtBoundary(bytes)) return bytes.length; // nearly always: servers write whole frames
  const lf = after(bytes.lastIndexOf(LF_LF), 2);
  if (!bytes.includes(CR)) return lf;
  return Math.max(lf, afterLfCr(bytes, lastLfCr(bytes)), after(bytes.lastIndexOf(CR_CR), 2));
}

/** Whether the last frame is whole. */
export function endsAtBoundary(bytes: Buffer): boolean {
  const length = bytes.length;
  const last = bytes[length - 1];
  const before = bytes[length - 2];
  if (last === CR) return before === CR;
  return last === LF && (before === LF || (before === CR && bytes[length - 3] === LF));
}

/** Where the first whole frame at or after `from` ends; -1 if none does. */
export function firstBoundary(bytes: Buffer, from = 0): number {
  const lf = after(bytes.indexOf(LF_LF, from), 2);
  if (!bytes.includes(CR, from)) return lf;
  const ends = [lf, afterLfCr(bytes, bytes.indexOf(LF_CR, from)), after(bytes.indexOf(CR_CR, from), 2)].filter(
    (end) => end !== -1,
  );
  return ends.length === 0 ? -1 : Math.min(...ends);
}

/** The last LF CR of which it can be told whether it has an LF behind it; -1 if there is none. */
function lastLfCr(bytes: Buffer): number {
  const index = bytes.lastIndexOf(LF_CR);
  if (index !== bytes.length - LF_CR.length) return index;
  return index > 0 ? bytes.lastIndexOf(LF_CR, index - 1) : -1;
}

/** Behind the blank line that an LF CR begins; -1 where the next byte, which may belong to it, is not here yet. */
function afterLfCr(bytes: Buffer, index: number): number {
  const next = bytes[index + LF_CR.length];
  if (index === -1 || next === undefined) return -1;
  return index + LF_CR.length + (next === LF ? 1 : 0);
}

const after = (index: number, length: number): number => (index === -1 ? -1 : index + length);

/** The `data` of a frame, its lines joined as the standard says; null for comments and other frames without data. */
export function frameData(frame: Buffer): string | null {
  let data: string | null = null;
  for (const line of frame.toString('utf8').split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data:')) continue;
    const value = line.slice(line[5] === ' ' ? 6 : 5);
    data = data === null ? value : `${data}\n${value}`;
  }
  return data;
}
