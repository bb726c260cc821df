import type { JsonObject } from './json/json-object';
import { endsAtBoundary, firstBoundary, frameData, type FrameSink, SseSplitter } from './sse/sse-frames';
import type { FrameFacts, StreamGrammar } from './stream-grammar';
import type { Usage } from './usage';

/** Frames before the first content are held so that another target can still take over, up to this many bytes. */
const MAX_PREFACE_BYTES = 16_384;
/** The first of them may say the whole question again, all of its tools among it: so many have this much room, in bytes, of their own. */
const FIRST_FRAMES = 8;
const MAX_FIRST_FRAMES_BYTES = 262_144;
/** Of a frame too long to hold, this much of its beginning and of its end is looked at, for its kind, usage, finish reason and error. */
const LONG_FRAME_HEAD_BYTES = 1_024;
const LONG_FRAME_TAIL_BYTES = 4_096;

interface SnifferOptions {
  readonly grammar: StreamGrammar;
  /** The client asked for the usage chunk itself; otherwise it was asked for on the relay's behalf and is taken out. */
  readonly keepUsageFrame: boolean;
}

/**
 * Watches a stream of generated text go by. Frames pass as the bytes they came in; JSON is parsed only up to the first content and where
 * bytes show a usage, an error or an end. Pure: bytes in, bytes to forward out, facts as properties.
 *
 *     role, pings            content …                      usage frame, [DONE] or the last event
 *     └ preface: held ──────►└ forwarded in the same tick ─►└ tail: held for the caller
 */
export class StreamSniffer implements FrameSink {
  usage: Usage | null = null;
  finishReason: string | null = null;
  /** Content, reasoning, a tool call or the end of the answer was seen. */
  contentSeen = false;
  /** The last frame was seen; what follows it is ignored. */
  done = false;
  /** An error inside the stream, as OpenAI has it. */
  reported: JsonObject | null = null;

  private readonly splitter = new SseSplitter(this);
  private out: Buffer[] = [];
  private preface: Buffer[] = [];
  private prefaceFrames = 0;
  private firstFramesBytes = 0;
  private prefaceBytes = 0; // after the first frames
  private tailFrames: Buffer[] = [];
  private longFrame: { readonly head: Buffer; tail: Buffer } | null = null;

  constructor(private readonly options: SnifferOptions) {}

  /** What to forward now; null if nothing. */
  push(chunk: Buffer): Buffer | null {
    if (this.passesAsItIs(chunk)) return chunk;
    this.splitter.push(chunk);
    return this.takeOut();
  }

  /** The body has ended. A last frame that lacks only its blank line counts; a torn one is dropped. */
  end(): Buffer | null {
    const rest = this.splitter.end();
    if (rest !== null && !this.done) this.lastFrame(rest);
    return this.takeOut();
  }

  /** The frames that close the stream: usage if the client asked for it, `[DONE]` if it came. */
  get tail(): Buffer {
    return Buffer.concat(this.tailFrames);
  }

  frames(bytes: Buffer): void {
    if (this.isOver()) return;
    if (this.isPlain(bytes)) {
      this.forward(bytes);
      return;
    }
    for (let from = 0; from < bytes.length && !this.isOver();) {
      const end = firstBoundary(bytes, from);
      const to = end === -1 ? bytes.length : end;
      this.inspect(bytes.subarray(from, to));
      from = to;
    }
  }

  piece(bytes: Buffer, last: boolean): void {
    if (this.isOver()) return;
    const long = (this.longFrame ??= { head: bytes.subarray(0, LONG_FRAME_HEAD_BYTES), tail: NO_BYTES });
    this.contentSeen ||= this.options.grammar.announces?.(long.head) !== true;
    const recent = long.tail.length > 0 ? Buffer.concat([long.tail, bytes]) : bytes;
    long.tail = recent.subarray(Math.max(0, recent.length - LONG_FRAME_TAIL_BYTES));
    if (!last) return this.pass(bytes, false);
    const { usage, finishReason, isEnd, error } = this.options.grammar.readLong(long.head, long.tail, this);
    this.usage = usage;
    this.finishReason = finishReason;
    this.done = isEnd;
    this.longFrame = null;
    if (isEnd) this.tailFrames.push(bytes);
    else this.pass(bytes);
    this.reported = error ?? null; // its beginning may be with the client, who needs the rest to read on
  }

  /** Nearly always: whole frames with nothing notable, while nothing is held. What would come of the rest, in 0.4 us instead of 0.7. */
  private passesAsItIs(chunk: Buffer): boolean {
    const holdsNothing = this.preface.length === 0 && this.tailFrames.length === 0 && this.splitter.isBetweenFrames;
    return holdsNothing && !this.isOver() && endsAtBoundary(chunk) && this.isPlain(chunk);
  }

  private isOver(): boolean {
    return this.done || this.reported !== null;
  }

  /** Once content has come, frames without anything notable need no parsing. */
  private isPlain(bytes: Buffer): boolean {
    return this.contentSeen && !this.options.grammar.notable.test(bytes.toString('latin1'));
  }

  private inspect(frame: Buffer): void {
    if (this.isPlain(frame)) return this.forward(frame);
    const data = frameData(frame);
    if (data === null) return this.pass(frame);
    const facts = this.options.grammar.read(data, this);
    if (facts === null) return this.pass(frame); // a malformed chunk is the client's to judge; it does not void the rest
    if (facts.error) this.reported = facts.error;
    else this.route(frame, facts);
  }

  private route(frame: Buffer, { usage, finishReason, hasContent, isEnd, isUsageOnly }: FrameFacts): void {
    this.usage = usage;
    this.finishReason = finishReason;
    if (isEnd) {
      this.done = true;
      this.flushPreface(); // an answer without content is an answer
      this.tailFrames.push(frame);
      return;
    }
    if (isUsageOnly) {
      if (this.options.keepUsageFrame) this.tailFrames.push(frame);
      return;
    }
    if (hasContent) this.contentSeen = true;
    this.pass(frame);
  }

  /** Forwards the bytes, or holds them while nothing of substance has come and there is room: once some have left, all do. `isEnd`: of a frame. */
  private pass(bytes: Buffer, isEnd = true): void {
    if (this.contentSeen) return this.forward(bytes);
    this.preface.push(bytes);
    if (this.prefaceFrames < FIRST_FRAMES) this.firstFramesBytes += bytes.length;
    else this.prefaceBytes += bytes.length;
    if (isEnd) this.prefaceFrames++;
    if (this.firstFramesBytes > MAX_FIRST_FRAMES_BYTES || this.prefaceBytes > MAX_PREFACE_BYTES) this.flushPreface();
  }

  /** A frame after a held usage frame lets that one go first: the order of the stream stays. */
  private forward(bytes: Buffer): void {
    this.flushPreface();
    if (this.tailFrames.length > 0) {
      this.out.push(...this.tailFrames);
      this.tailFrames = [];
    }
    this.out.push(bytes);
  }

  private flushPreface(): void {
    if (this.preface.length === 0) return;
    this.out.push(...this.preface);
    this.preface = [];
  }

  private lastFrame(rest: Buffer): void {
    const data = frameData(rest);
    if (data === null || this.options.grammar.read(data, this) === null) return;
    this.frames(Buffer.concat([rest, Buffer.from('\n\n')]));
  }

  private takeOut(): Buffer | null {
    const first = this.out[0];
    if (first === undefined) return null;
    const bytes = this.out.length === 1 ? first : Buffer.concat(this.out);
    this.out = [];
    return bytes;
  }
}

const NO_BYTES = Buffer.alloc(0);
